package dev.tokentape.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.Frames;
import dev.tokentape.cli.client.Connection;
import dev.tokentape.cli.client.Connector;
import dev.tokentape.cli.client.LostConnection;
import dev.tokentape.cli.client.StreamListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubscriberTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** A tape that a test plays by hand; remembers from where each connection wanted to read. */
    private static final class FakeTape implements Connector {
        private final List<String> openedAfter = new ArrayList<>();
        private @Nullable StreamListener listener;
        private boolean refuses;

        @Override
        public Connection open(@Nullable String after, StreamListener newListener) {
            openedAfter.add(String.valueOf(after));
            listener = newListener;
            if (refuses) {
                newListener.lost(new LostConnection("not allowed", false, 403));
            } else {
                newListener.opened();
            }
            return () -> listener = null;
        }

        private void play(String frame) {
            if (listener != null) {
                listener.frame(Frames.frame(frame));
            }
        }

        private void lose(boolean comeBack) {
            StreamListener current = listener;
            if (current != null) {
                current.lost(new LostConnection("gone", comeBack, 0));
            }
        }
    }

    private final FakeTape tape = new FakeTape();
    private final Subscriber subscriber = new Subscriber(tape, LiveView.none(), 0);

    @Test
    void comesBackAfterTheLastEventItHad() throws Exception {
        // Given
        subscriber.connect("now", LONG);
        tape.play(Frames.text(0, "one "));
        tape.play(Frames.text(1, "two "));
        subscriber.cut();
        tape.play(Frames.text(2, "missed "));

        // When
        subscriber.resume(LONG);

        // Then
        tape.play(Frames.text(2, "missed "));
        assertThat(tape.openedAfter).containsExactly("now", "cursor-1");
        assertThat(Reading.textOf(subscriber.reading().of(Frames.RESPONSE))).isEqualTo("one two missed ");
    }

    @Test
    void aLostConnectionIsTakenUpAgain() throws Exception {
        // Given
        subscriber.connect("now", LONG);
        tape.play(Frames.text(0, "one "));

        // When
        tape.lose(true);

        // Then
        assertThat(tape.openedAfter).containsExactly("now", "cursor-0");
    }

    @Test
    void whoWaitsIsToldThatNothingMoreComes() throws Exception {
        // Given
        subscriber.connect("now", LONG);
        tape.lose(false);

        // When
        assertThatThrownBy(() -> subscriber
                        .reading()
                        .await(Frames.RESPONSE, frames -> !frames.isEmpty(), "the first event", LONG))

                // Then
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("the first event")
                .hasMessageContaining("gone");
    }

    @Test
    void aRefusedConnectionFailsAtOnce() {
        // Given
        tape.refuses = true;

        // When
        assertThatThrownBy(() -> subscriber.connect("now", LONG))

                // Then
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("not allowed");
    }

    @Test
    void waitingEndsWhenNothingComesInTime() throws Exception {
        // Given
        subscriber.connect("now", LONG);

        // When
        assertThatThrownBy(() -> subscriber
                        .reading()
                        .await(Frames.RESPONSE, frames -> !frames.isEmpty(), "the first event", Duration.ofMillis(5)))

                // Then
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("the first event");
    }
}
