package dev.tokentape.gateway.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Two gateways that share nothing but the control topic, and time that only the test moves. */
class ReaderWatchTest {

    private static final String CONVERSATION = "talk";
    private static final String RESPONSE = "0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11";

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration ALL = GRACE.plus(UnwatchedAnswers.ANSWER_TIME);

    private final ResponseAssembler answer = new ResponseAssembler(CONVERSATION, RESPONSE);
    private final List<ControlCommand> topic = new ArrayList<>();
    private long now = System.nanoTime();

    private final Side here = new Side();
    private final Side there = new Side();

    /** One gateway. */
    private final class Side implements Tape, Commands {
        private final List<GenerationRequest> asked = new ArrayList<>();
        private final ReaderWatch watch = new ReaderWatch(this, this, GRACE);
        private int readers;
        private int heard;
        private boolean deaf;

        void turn() {
            watch.look(now);
            listen();
        }

        void listen() {
            while (!deaf && heard < topic.size()) {
                watch.hear(topic.get(heard++), now);
            }
        }

        @Override
        public CompletionStage<Void> ask(GenerationRequest request) {
            asked.add(request);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> order(ControlCommand command) {
            topic.add(command);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public Reader read(ReadRequest request, Runnable wakeUp) {
            throw new IllegalStateException("nobody reads here");
        }

        @Override
        public Optional<Response> response(String conversationId, String responseId) {
            return Optional.of(answer.toResponse());
        }

        @Override
        public List<Response> open(String conversationId) {
            return List.of();
        }

        @Override
        public int readers(String conversationId) {
            return readers;
        }

        @Override
        public boolean deletedSince(String conversationId, String cursor) {
            return false;
        }

        @Override
        public String cursorOf(String conversationId) {
            return "c";
        }
    }

    private void ask(boolean cancelWhenUnwatched) {
        var _ = here.watch
                .commands()
                .ask(GenerationRequest.newBuilder()
                        .setConversationId(CONVERSATION)
                        .setResponseId(RESPONSE)
                        .setProvider("openai")
                        .setModel("m")
                        .setMessages(List.of())
                        .setCancelWhenUnwatched(cancelWhenUnwatched)
                        .setRequestedAt(Instant.EPOCH)
                        .build());
        now = System.nanoTime();
    }

    /** Second by second, as the gateways look. */
    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            now += 1_000_000_000L;
            here.turn();
            there.turn();
            here.listen();
        }
    }

    private List<ControlCommand> cancels() {
        return topic.stream()
                .filter(command -> command.getType() == ControlType.CANCEL)
                .toList();
    }

    @Test
    void anAnswerThatNobodyReadsAnywhereIsCancelledOnceAfterTheGraceTime() {
        // Given
        ask(true);
        pass(GRACE);
        assertThat(cancels()).isEmpty();

        // When
        pass(ALL);

        // Then
        assertThat(cancels()).singleElement().satisfies(command -> {
            assertThat(command.getConversationId()).isEqualTo(CONVERSATION);
            assertThat(command.getResponseId()).isEqualTo(RESPONSE);
            assertThat(command.getReason()).isEqualTo("unwatched");
        });
        assertThat(here.watch.size()).isZero();
    }

    @Test
    void aReaderWhoLeavesAndComesBackInTimeKeepsTheAnswerGoing() {
        // Given a reader who leaves
        ask(true);
        here.readers = 1;
        pass(Duration.ofMinutes(2));
        here.readers = 0;
        pass(GRACE);

        // When they come back, and leave for good
        here.readers = 1;
        pass(Duration.ofSeconds(1));
        here.readers = 0;
        pass(GRACE);
        assertThat(cancels()).isEmpty();
        pass(Duration.ofSeconds(5));

        // Then the time counts from when they were seen last
        assertThat(cancels()).hasSize(1);
    }

    @Test
    void aReaderWhoHasMovedToAnotherGatewayKeepsTheAnswerGoing() {
        // Given
        ask(true);
        here.readers = 1;
        pass(Duration.ofSeconds(5));

        // When
        here.readers = 0;
        there.readers = 1;
        pass(Duration.ofMinutes(10));

        // Then
        assertThat(cancels()).isEmpty();
        // And it is asked about no more than once in a grace time
        assertThat(topic).hasSizeLessThan(2 * 600 / 30 + 4);
    }

    @Test
    void whoComesToAnotherGatewayLateInTheGraceTimeCountsToo() {
        // Given nobody who reads, anywhere
        ask(true);
        pass(GRACE.minusSeconds(1));

        // When somebody comes elsewhere, and stays
        there.readers = 1;
        pass(ALL.multipliedBy(3));

        // Then
        assertThat(cancels()).isEmpty();
    }

    @Test
    void whenTheLastReaderElsewhereHasLeftTheAnswerIsCancelled() {
        // Given
        ask(true);
        there.readers = 1;
        pass(Duration.ofMinutes(2));

        // When
        there.readers = 0;
        pass(ALL.multipliedBy(2).plusSeconds(3));

        // Then
        assertThat(cancels()).hasSize(1);
    }

    @Test
    void aReloadElsewhereAtTheMomentOfTheQuestionCostsNothing() {
        // Given a reader elsewhere who is away at every question for as long as a page takes to load
        ask(true);
        for (int round = 0; round < 10; round++) {
            there.readers = 0;
            pass(Duration.ofSeconds(4));

            // When they are back
            there.readers = 1;
            pass(GRACE.minusSeconds(4));
        }

        // Then
        assertThat(cancels()).isEmpty();
    }

    @Test
    void whoCannotHearCancelsNothingAndAsksAgain() {
        // Given a gateway that cannot read the topic
        here.deaf = true;
        ask(true);

        // When
        pass(Duration.ofMinutes(5));

        // Then
        assertThat(cancels()).isEmpty();
        assertThat(topic).hasSizeBetween(2, 12);

        // And when it hears again, it does what is due
        here.deaf = false;
        pass(ALL.multipliedBy(2));
        assertThat(cancels()).hasSize(1);
    }

    @Test
    void anAnswerThatHasEndedIsNotCancelled() {
        // Given
        ask(true);
        answer.accept(new TokenEvent.MessageStop(
                Envelope.ofSystem(CONVERSATION, RESPONSE, 1, 1), StopReason.END_TURN, "stop", null, null, null));

        // When
        pass(ALL.multipliedBy(2));

        // Then
        assertThat(cancels()).isEmpty();
        assertThat(here.watch.size()).isZero();
        assertThat(there.watch.size()).isZero();
    }

    @Test
    void otherAnswersGoOnUnwatched() {
        // Given
        ask(false);

        // When
        pass(ALL.multipliedBy(2));

        // Then
        assertThat(here.asked).hasSize(1);
        assertThat(topic).isEmpty();
    }

    @Test
    void moreQuestionsThanAreKeptAreAnsweredWithYes() {
        // Given as many as are kept
        for (int i = 0; i < Questions.MOST; i++) {
            there.watch.hear(new ResponseKey("c" + i, RESPONSE).command(ControlType.UNWATCHED, ""), now);
        }

        // When one more comes
        there.watch.hear(new ResponseKey("one-more", RESPONSE).command(ControlType.UNWATCHED, ""), now);

        // Then nobody's answer is cancelled for it
        assertThat(topic)
                .singleElement()
                .satisfies(command -> assertThat(command.getType()).isEqualTo(ControlType.WATCHED));
    }
}
