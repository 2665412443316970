package dev.tokentape.processor.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.codec.TrustedClasses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryJoinTest {

    static {
        TrustedClasses.ensure();
    }

    private static GenerationRequest request(@Nullable String retryOf, Message... messages) {
        return GenerationRequest.newBuilder()
                .setConversationId("c1")
                .setResponseId("new")
                .setRequestedAt(Instant.EPOCH)
                .setProvider("p")
                .setModel("m")
                .setMessages(List.of(messages))
                .setRetryOf(retryOf)
                .build();
    }

    private static Message message(String role, Part... parts) {
        return Message.newBuilder().setRole(role).setParts(List.of(parts)).build();
    }

    private static Part text(String text) {
        return Part.newBuilder().setType(PartType.TEXT).setText(text).build();
    }

    private static Part toolResult(String callId) {
        return Part.newBuilder()
                .setType(PartType.TOOL_RESULT)
                .setToolCallId(callId)
                .setText("42")
                .build();
    }

    private static Block block(BlockType type, String text, boolean complete) {
        return Block.newBuilder()
                .setBlockIndex(0)
                .setType(type)
                .setText(text)
                .setComplete(complete)
                .setToolCallId(type == BlockType.TOOL_USE ? "call-1" : null)
                .setToolName(type == BlockType.TOOL_USE ? "add" : null)
                .build();
    }

    private static Response turn(String id, @Nullable String retryOf, Message prompt, Block... blocks) {
        return Response.newBuilder()
                .setConversationId("c1")
                .setResponseId(id)
                .setStatus(ResponseStatus.COMPLETED)
                .setAttempt(1)
                .setPrompt(List.of(prompt))
                .setText("")
                .setBlocks(List.of(blocks))
                .setRequestedAt(Instant.EPOCH)
                .setLastSequence(1)
                .setRetryOf(retryOf)
                .build();
    }

    private static List<String> joined(GenerationRequest request, Response... newestFirst) {
        return Objects.requireNonNull(HistoryJoin.join(request, turns(newestFirst), 100, 1_000, 1_000)).stream()
                .map(message -> message.getRole() + ":"
                        + message.getParts().stream()
                                .map(part -> part.getType() == PartType.TEXT
                                        ? part.getText()
                                        : part.getType().toString())
                                .toList())
                .toList();
    }

    private static Turns turns(Response... newestFirst) {
        return (_, _, visitor) -> {
            for (Response turn : newestFirst) {
                if (!visitor.test(turn)) {
                    return;
                }
            }
        };
    }

    @Test
    void turnsComeOldestFirstEachWithItsPrompt() {
        // Given
        Response first = turn("r1", null, message("user", text("one?")), block(BlockType.TEXT, "one.", true));
        Response second = turn("r2", null, message("user", text("two?")), block(BlockType.TEXT, "two.", true));

        // When
        List<String> history = joined(request(null), second, first);

        // Then
        assertThat(history).containsExactly("user:[one?]", "assistant:[one.]", "user:[two?]", "assistant:[two.]");
    }

    @Test
    void aRetryReplacesTheTurnThatItRetries() {
        // Given
        Response failed = turn("r1", null, message("user", text("q")), block(BlockType.TEXT, "hal", false));
        Response retry = turn("r2", "r1", message("user", text("q")), block(BlockType.TEXT, "whole", true));

        // When
        List<String> history = joined(request(null), retry, failed);

        // Then
        assertThat(history).containsExactly("user:[q]", "assistant:[whole]");
    }

    @Test
    void aRequestLeavesOutTheTurnThatItRetries() {
        // Given
        Response failed = turn("r1", null, message("user", text("q")), block(BlockType.TEXT, "hal", false));

        // When
        List<String> history = joined(request("r1"), failed);

        // Then
        assertThat(history).isEmpty();
    }

    @Test
    void aTurnThatSaidNothingIsLeftOutWithItsPrompt() {
        // Given one that failed in the queue, and one that only got to thinking
        Response silent = turn("r1", null, message("user", text("q")));
        Response thinking = turn("r2", null, message("user", text("q")), block(BlockType.THINKING, "hm", true));

        // When
        List<String> history = joined(request(null), thinking, silent);

        // Then
        assertThat(history).isEmpty();
    }

    @Test
    void partialTextOfABrokenAnswerStays() {
        // Given
        Response broken = turn(
                "r1",
                null,
                message("user", text("q")),
                block(BlockType.THINKING, "half a thought", false),
                block(BlockType.TEXT, "hal", false));

        // When
        List<String> history = joined(request(null), broken);

        // Then
        assertThat(history).containsExactly("user:[q]", "assistant:[hal]");
    }

    @Test
    void anAnsweredToolCallStaysAndAnUnansweredOneGoes() {
        // Given
        Response called = turn(
                "r1",
                null,
                message("user", text("q")),
                block(BlockType.TEXT, "let me see", true),
                block(BlockType.TOOL_USE, "{}", true));

        // When
        List<String> answered = joined(request(null, message("tool", toolResult("call-1"))), called);
        List<String> unanswered = joined(request(null, message("user", text("never mind"))), called);

        // Then
        assertThat(answered).containsExactly("user:[q]", "assistant:[let me see, TOOL_CALL]");
        assertThat(unanswered).containsExactly("user:[q]", "assistant:[let me see]");
    }

    @Test
    void anAnswerThatGoesOnFromToolCallsStandsRightBehindThem() {
        // Given an answer with a call, another one in between, and the one that went on from the call
        Response called = turn("r1", null, message("user", text("q")), block(BlockType.TOOL_USE, "{}", true));
        Response between = turn("r2", null, message("user", text("by the way")), block(BlockType.TEXT, "yes?", true));
        Response continued = Response.newBuilder(
                        turn("r3", null, message("tool", toolResult("call-1")), block(BlockType.TEXT, "done", true)))
                .setContinues("r1")
                .build();

        // When
        List<String> history = joined(request(null), continued, between, called);

        // Then
        assertThat(history)
                .containsExactly(
                        "user:[q]",
                        "assistant:[TOOL_CALL]",
                        "tool:[TOOL_RESULT]",
                        "assistant:[done]",
                        "user:[by the way]",
                        "assistant:[yes?]");
    }

    @Test
    void anAnswerWhoseToolCallsWereReplacedGoesWithThem() {
        // Given
        Response called = turn("r1", null, message("user", text("q")), block(BlockType.TOOL_USE, "{}", true));
        Response continued = Response.newBuilder(
                        turn("r2", null, message("tool", toolResult("call-1")), block(BlockType.TEXT, "done", true)))
                .setContinues("r1")
                .build();
        Response retry = turn("r3", "r1", message("user", text("q")), block(BlockType.TEXT, "anew", true));

        // When
        List<String> history = joined(request(null), retry, continued, called);

        // Then
        assertThat(history).containsExactly("user:[q]", "assistant:[anew]");
    }

    @Test
    void aHistoryOverTheLimitIsNotReadToItsEnd() {
        // Given
        Response turn = turn("r", null, message("user", text("q")), block(BlockType.TEXT, "x".repeat(60), true));
        int[] read = new int[1];
        Turns endless = (_, _, visitor) -> {
            do {
                read[0]++;
            } while (visitor.test(turn));
        };

        // When
        List<Message> history = HistoryJoin.join(request(null), endless, 100, 100, 0);

        // Then
        assertThat(history).isNull();
        assertThat(read[0]).isEqualTo(2);
    }

    @Test
    void theTurnOfARequestIsWhatComesAfterTheModelsLastWord() {
        // Given
        GenerationRequest whole = request(
                null,
                message("user", text("first")),
                message("assistant", text("said")),
                message("user", text("a"), text("b")));

        // When
        PromptTurn turn = PromptTurn.of(whole);

        // Then
        assertThat(turn.messages()).hasSize(1);
        assertThat(turn.text()).isEqualTo("a\nb");
        assertThat(turn.role()).isEqualTo("user");
    }

    @Test
    void aTurnWithToolResultsIsTheTools() {
        // Given
        GenerationRequest results = request(null, message("tool", toolResult("call-1")));

        // When
        PromptTurn turn = PromptTurn.of(results);

        // Then
        assertThat(turn.role()).isEqualTo("tool");
        assertThat(turn.text()).isEqualTo("42");
    }

    @Test
    void aResultAnswersTheCallOfItsOwnTurnThoughAnEarlierOneHasTheSameId() {
        // Given a call that was never answered, and one with the same id that is
        Response first = turn("r1", null, message("user", text("one?")), block(BlockType.TOOL_USE, "{}", true));
        Response spoken = turn("r2", null, message("user", text("two?")), block(BlockType.TEXT, "well", true));
        Response second = turn(
                "r3",
                null,
                message("user", text("three?")),
                block(BlockType.TEXT, "let me see", true),
                block(BlockType.TOOL_USE, "{}", true));

        // When
        List<String> byMessage = joined(request(null, message("tool", toolResult("call-1"))), second, spoken, first);
        List<String> byContinuing = joined(
                GenerationRequest.newBuilder(request(null, message("tool", toolResult("call-1"))))
                        .setContinues("r3")
                        .build(),
                second,
                spoken,
                first);

        // Then
        assertThat(byMessage)
                .containsExactly(
                        "user:[two?]", "assistant:[well]", "user:[three?]", "assistant:[let me see, TOOL_CALL]")
                .isEqualTo(byContinuing);
    }

    @Test
    void everyAnswerSaysWhoGaveItAndKeepsWhatItsProviderTold() {
        // Given
        Block told = Block.newBuilder(block(BlockType.TEXT, "one.", true))
                .setProviderData("{\"phase\":\"final_answer\"}")
                .setSignature("c2ln")
                .build();
        Response turn = Response.newBuilder(turn("r1", null, message("user", text("one?")), told))
                .setProvider("p")
                .setModel("m")
                .build();

        // When
        List<Message> history = Objects.requireNonNull(HistoryJoin.join(request(null), turns(turn), 100, 1_000, 1_000));

        // Then
        assertThat(history.getLast().getProvider()).isEqualTo("p");
        assertThat(history.getLast().getModel()).isEqualTo("m");
        assertThat(history.getLast().getParts()).singleElement().satisfies(part -> {
            assertThat(part.getProviderData()).isEqualTo("{\"phase\":\"final_answer\"}");
            assertThat(part.getSignature()).isEqualTo("c2ln");
        });
    }

    @Test
    void aPictureGoesBackToWhoMadeItAsFarAsThereIsRoomAndItsQuestionStaysAnyway() {
        // Given
        Response own = Response.newBuilder(
                        turn("r1", null, message("user", text("draw")), block(BlockType.IMAGE, "AAAA", true)))
                .setProvider("p")
                .build();
        Response others = Response.newBuilder(own).setProvider("q").build();

        // When
        List<String> data = new ArrayList<>();
        for (Response turn : List.of(own, others)) {
            for (long room : new long[] {4, 3}) {
                List<Message> history =
                        Objects.requireNonNull(HistoryJoin.join(request(null), turns(turn), 100, 1_000, room));
                assertThat(history).hasSize(2);
                data.add(String.valueOf(history.getLast().getParts().getFirst().getData()));
            }
        }

        // Then
        assertThat(data).containsExactly("AAAA", "null", "null", "null");
    }
}
