package dev.tokentape.gateway.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.ControlCommand;
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

class UnwatchedAnswersTest {

    private static final String CONVERSATION = "talk";
    private static final String RESPONSE = "0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11";

    private static final Duration GRACE = Duration.ofSeconds(30);

    private final List<GenerationRequest> asked = new ArrayList<>();
    private final List<ControlCommand> cancelled = new ArrayList<>();
    private final ResponseAssembler answer = new ResponseAssembler(CONVERSATION, RESPONSE);
    private int readers;
    private long now = System.nanoTime();

    private final UnwatchedAnswers answers = UnwatchedAnswers.byHand(
            new Commands() {
                @Override
                public CompletionStage<Void> ask(GenerationRequest request) {
                    asked.add(request);
                    return CompletableFuture.completedStage(null);
                }

                @Override
                public CompletionStage<Void> cancel(ControlCommand command) {
                    cancelled.add(command);
                    return CompletableFuture.completedStage(null);
                }
            },
            new Tape() {
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
                public String cursorOf(String conversationId) {
                    return "c";
                }
            },
            GRACE);

    private void ask(boolean cancelWhenUnwatched) {
        var _ = answers.ask(GenerationRequest.newBuilder()
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

    private void pass(Duration time) {
        now += time.toNanos();
        answers.look(now);
    }

    @Test
    void anAnswerThatNobodyReadsIsCancelledOnceAfterTheGraceTime() {
        // Given
        ask(true);
        pass(GRACE.minusSeconds(1));
        assertThat(cancelled).isEmpty();

        // When
        pass(Duration.ofSeconds(1));
        pass(GRACE);

        // Then
        assertThat(cancelled).singleElement().satisfies(command -> {
            assertThat(command.getConversationId()).isEqualTo(CONVERSATION);
            assertThat(command.getResponseId()).isEqualTo(RESPONSE);
            assertThat(command.getReason()).isEqualTo("unwatched");
        });
        assertThat(answers.size()).isZero();
    }

    @Test
    void aReaderWhoLeavesAndComesBackInTimeKeepsTheAnswerGoing() {
        // Given a reader who leaves
        ask(true);
        readers = 1;
        pass(Duration.ofMinutes(2));
        readers = 0;
        pass(GRACE.minusSeconds(1));

        // When they come back, and leave for good
        readers = 1;
        pass(Duration.ofSeconds(1));
        assertThat(cancelled).isEmpty();
        readers = 0;
        pass(GRACE);

        // Then the time counts from when they were seen last
        assertThat(cancelled).hasSize(1);
    }

    @Test
    void anAnswerThatHasEndedIsNotCancelled() {
        // Given
        ask(true);
        answer.accept(new TokenEvent.MessageStop(
                Envelope.ofSystem(CONVERSATION, RESPONSE, 1, 1), StopReason.END_TURN, "stop", null, null, null));

        // When
        pass(GRACE);

        // Then
        assertThat(cancelled).isEmpty();
        assertThat(answers.size()).isZero();
    }

    @Test
    void otherAnswersGoOnUnwatched() {
        // Given
        ask(false);

        // When
        pass(GRACE.multipliedBy(2));

        // Then
        assertThat(asked).hasSize(1);
        assertThat(cancelled).isEmpty();
    }
}
