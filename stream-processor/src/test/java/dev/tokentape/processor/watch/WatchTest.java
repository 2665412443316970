package dev.tokentape.processor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.FoldLimits;
import dev.tokentape.processor.fold.IndexEntry;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.JournalFold;
import dev.tokentape.processor.fold.KnownResponses;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.codec.TrustedClasses;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchTest {

    private static final long SECOND = 1_000_000;

    static {
        TrustedClasses.ensure();
    }

    private final Watch watch = new Watch(Duration.ofSeconds(10), Duration.ofMinutes(20));
    private final JournalFold fold =
            new JournalFold(FoldLimits.standard(), Moderation.passThrough(), new NothingKnown(), _ -> 0);
    private final Entries answer = new Entries("c1", "r1");
    private final Entries.Run run = answer.run(1, "run-a");
    private long offset;
    private long wall = 1_000 * SECOND;
    private long nanos = 5_000_000_000L;

    private void fold(JournalEntry entry) {
        fold.apply(offset++, wall, entry, _ -> {});
    }

    /** Looks once a second; the journal brings back at once what the watch writes. */
    private List<TokenEvent.AttemptLost> lookAfter(long seconds) {
        return lookAfter(seconds, true);
    }

    private List<TokenEvent.AttemptLost> lookAfter(long seconds, boolean heard) {
        List<TokenEvent.AttemptLost> reports = new ArrayList<>();
        if (seconds == 0) {
            reports.addAll(look(heard));
        }
        for (long second = 0; second < seconds; second++) {
            wall += SECOND;
            nanos += Duration.ofSeconds(1).toNanos();
            reports.addAll(look(heard));
        }
        return reports;
    }

    private List<TokenEvent.AttemptLost> look(boolean heard) {
        List<TokenEvent.AttemptLost> reports = watch.look(fold, wall, nanos);
        if (heard) {
            watch.heard();
        }
        return reports;
    }

    @Test
    void aRunIsNotLostWhileTheJournalIsNotHeard() {
        // Given a run that speaks until the broker goes away
        fold(answer.request("q"));
        fold(run.taken());
        lookAfter(1);

        // When it is away for five times as long as a run may be silent
        List<TokenEvent.AttemptLost> reports = lookAfter(50, false);

        // Then
        assertThat(reports).isEmpty();
    }

    @Test
    void aRunThatSaysNothingOnceTheJournalIsHeardAgainIsLost() {
        // Given
        fold(answer.request("q"));
        fold(run.taken());
        lookAfter(1);
        lookAfter(50, false);

        // When
        List<TokenEvent.AttemptLost> reports = lookAfter(10);

        // Then
        assertThat(reports).hasSize(1);
    }

    @Test
    void aProcessThatStoodStillLetsRunsSpeakFirst() {
        // Given
        fold(answer.request("q"));
        fold(run.taken());
        lookAfter(1);

        // When the next look comes a minute late, before what was said meanwhile is read
        wall += 60 * SECOND;
        nanos += Duration.ofMinutes(1).toNanos();

        // Then
        assertThat(watch.look(fold, wall, nanos)).isEmpty();
    }

    @Test
    void aRunThatSpeaksIsNotReported() {
        // Given
        fold(answer.request("q"));
        fold(run.taken());
        lookAfter(0);
        lookAfter(9);
        fold(run.heartbeat());
        lookAfter(1);

        // When
        List<TokenEvent.AttemptLost> reports = lookAfter(9);

        // Then
        assertThat(reports).isEmpty();
    }

    @Test
    void aSilentRunIsReportedWithItsLastSignOfLife() {
        // Given
        fold(answer.request("q"));
        fold(run.taken());
        fold(run.heartbeat());
        lookAfter(0);

        // When
        List<TokenEvent.AttemptLost> reports = lookAfter(10);

        // Then
        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report.envelope().runId()).isEqualTo("run-a");
            assertThat(report.envelope().attempt()).isEqualTo(1);
            assertThat(report.lastOffset()).isEqualTo(2);
        });
    }

    @Test
    void aReportIsNotRepeatedFasterThanTheTimeout() {
        // Given
        fold(answer.request("q"));
        fold(run.taken());
        lookAfter(0);
        lookAfter(10);

        // When
        List<TokenEvent.AttemptLost> early = lookAfter(9);
        List<TokenEvent.AttemptLost> later = lookAfter(1);

        // Then
        assertThat(early).isEmpty();
        assertThat(later).hasSize(1);
    }

    @Test
    void aJobThatNobodyTakesIsReportedAtItsDeadline() {
        // Given
        fold(answer.request("q"));
        assertThat(lookAfter(0)).isEmpty();
        assertThat(lookAfter(59)).isEmpty();

        // When
        List<TokenEvent.AttemptLost> reports = lookAfter(1);

        // Then
        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report.envelope().runId()).isNull();
            assertThat(report.lastOffset()).isEqualTo(Envelope.NONE);
        });
    }

    @Test
    void anAnswerOlderThanTheLimitIsReportedThoughItsRunIsAlive() {
        // Given
        fold(answer.request("q"));
        fold(run.taken());
        lookAfter(0);
        wall += Duration.ofMinutes(20).toSeconds() * SECOND;
        fold(run.heartbeat());

        // When
        List<TokenEvent.AttemptLost> reports = lookAfter(0);

        // Then
        assertThat(reports)
                .singleElement()
                .extracting(TokenEvent.AttemptLost::reason)
                .isEqualTo("answer_timed_out");
    }

    @Test
    void aJumpOfTheWallClockKillsNoRun() {
        // Given
        fold(answer.request("q"));
        fold(run.taken());
        lookAfter(0);

        // When the wall clock leaps by ten minutes, the monotonic clock by one second
        wall += 600 * SECOND;
        nanos += 1_000_000_000L;

        // Then
        assertThat(watch.look(fold, wall, nanos)).isEmpty();
    }

    @Test
    void aCancelWithoutARequestIsReported() {
        // Given
        fold(answer.cancel("early"));
        lookAfter(0);

        // When
        List<TokenEvent.AttemptLost> reports = lookAfter(60);

        // Then
        assertThat(reports)
                .singleElement()
                .satisfies(report -> assertThat(report.envelope().attempt()).isZero());
    }

    private static final class NothingKnown implements KnownResponses {
        @Override
        public @Nullable IndexEntry entry(ResponseKey key) {
            return null;
        }

        @Override
        public long terminalOffset(ResponseKey key) {
            return Envelope.NONE;
        }

        @Override
        public long deletedBelow(String conversationId, long belowOffset) {
            return Envelope.NONE;
        }

        @Override
        public void ended(String conversationId, long afterOffset, long throughOffset, Consumer<ResponseKey> visitor) {}

        @Override
        public void newestFirst(String conversationId, long belowOffset, Predicate<Response> visitor) {}
    }
}
