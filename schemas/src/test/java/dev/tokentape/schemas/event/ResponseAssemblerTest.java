package dev.tokentape.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.StopReason;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseAssemblerTest {

    private final ResponseAssembler assembler = new ResponseAssembler("c", "r");
    private long sequence;

    @Test
    void textThinkingAndToolArgumentsAreJoinedPerBlock() {
        // Given
        start(1);
        blockStart(0, 0, BlockType.THINKING, null);
        delta(0, 0, DeltaType.THINKING, "hm");
        delta(0, 0, DeltaType.SIGNATURE, "sig");
        blockStart(0, 1, BlockType.TEXT, null);
        blockStart(0, 2, BlockType.TOOL_USE, "weather");
        delta(0, 1, DeltaType.TEXT, "Hel");
        delta(0, 2, DeltaType.INPUT_JSON, "{\"city\":");
        delta(0, 1, DeltaType.TEXT, "lo");
        delta(0, 2, DeltaType.INPUT_JSON, "\"Ulm\"}");
        accept(new TokenEvent.BlockStop(at(0, 1)));

        // When
        accept(new TokenEvent.MessageStop(at(0, Envelope.NONE), StopReason.TOOL_USE, "tool_calls", null, null, null));

        // Then
        Response response = assembler.toResponse();
        assertThat(response.getText()).isEqualTo("Hello");
        assertThat(response.getBlocks())
                .extracting(Block::getText)
                .containsExactly("hm", "Hello", "{\"city\":\"Ulm\"}");
        assertThat(response.getBlocks()).extracting(Block::getComplete).containsExactly(false, true, false);
        assertThat(response.getBlocks().getFirst().getSignature()).isEqualTo("sig");
        assertThat(response.getStatus()).isEqualTo(ResponseStatus.COMPLETED);
        assertThat(assembler.ended()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{\"simulated\":true}                | -                    | -",
                "-                                   | {\"simulated\":true} | true",
                "{\"fallback_from\":{\"code\":\"x\"}} | {\"simulated\":true,\"fallback_from\":{}} | true",
                "{\"simulated\":true}                | {\"simulated\":false} | -",
                "-                                   | {\"note\":\"simulated\"} | -"
            })
    void anAnswerIsSimulatedIfItsLastAttemptWas(
            @Nullable String first, @Nullable String second, @Nullable Boolean simulated) {
        // Given
        start(1, first);

        // When
        start(2, second);

        // Then
        assertThat(assembler.toResponse().getSimulated()).isEqualTo(simulated);
    }

    @Test
    void alternativeAnswersDoNotMix() {
        // Given
        start(1);
        blockStart(0, 0, BlockType.TEXT, null);
        blockStart(1, 0, BlockType.TEXT, null);

        // When
        delta(0, 0, DeltaType.TEXT, "one");
        delta(1, 0, DeltaType.TEXT, "two");

        // Then
        assertThat(assembler.toResponse().getText()).isEqualTo("one");
        assertThat(assembler.toResponse().getBlocks())
                .extracting(Block::getText)
                .containsExactly("one", "two");
    }

    @Test
    void aLaterAttemptSupersedesTheEarlierOne() {
        // Given
        start(1);
        blockStart(0, 0, BlockType.TEXT, null);
        delta(0, 0, DeltaType.TEXT, "lost");

        // When
        start(2);
        blockStart(0, 0, BlockType.TEXT, null);
        delta(0, 0, DeltaType.TEXT, "kept");

        // Then
        assertThat(assembler.toResponse().getText()).isEqualTo("kept");
        assertThat(assembler.toResponse().getAttempt()).isEqualTo(2);
        assertThat(assembler.characters()).isEqualTo(4);
    }

    @Test
    void aCancelledAnswerKeepsWhatWasSaid() {
        // Given
        start(1);
        blockStart(0, 0, BlockType.TEXT, null);
        delta(0, 0, DeltaType.TEXT, "so far");

        // When
        accept(new TokenEvent.Cancelled(at(0, Envelope.NONE), "client_request", "yes", null));

        // Then
        assertThat(assembler.toResponse().getText()).isEqualTo("so far");
        assertThat(assembler.toResponse().getStatus()).isEqualTo(ResponseStatus.CANCELLED);
        assertThat(assembler.toResponse().getCancelReason()).isEqualTo("client_request");
    }

    @Test
    void theResultsOfSeveralToolsAreOneTurn() {
        // Given
        accept(new TokenEvent.UserMessage(at(0, Envelope.NONE), "tool", "12 degrees", "call_2"));
        accept(new TokenEvent.UserMessage(at(0, Envelope.NONE), "tool", "rain", "call_1"));

        // When
        start(1);

        // Then
        assertThat(assembler.toResponse().getPrompt()).singleElement().satisfies(turn -> {
            assertThat(turn.getRole()).isEqualTo("tool");
            assertThat(turn.getParts())
                    .extracting(Part::getType, Part::getToolCallId, Part::getText)
                    .containsExactly(
                            tuple(PartType.TOOL_RESULT, "call_2", "12 degrees"),
                            tuple(PartType.TOOL_RESULT, "call_1", "rain"));
        });
    }

    @Test
    void aPromptThatIsKnownIsNotChangedByTheEventsThatTellOfIt() {
        // Given
        assembler.prompt(List.of());

        // When
        accept(new TokenEvent.UserMessage(at(0, Envelope.NONE), "tool", "rain", "call_1"));

        // Then
        assertThat(assembler.toResponse().getPrompt()).isEmpty();
    }

    private void start(int attempt) {
        start(attempt, null);
    }

    private void start(int attempt, @Nullable String providerData) {
        Envelope envelope = at(0, Envelope.NONE);
        Envelope ofAttempt =
                new Envelope("c", "r", attempt, "run", envelope.sequence(), 0, Envelope.NONE, 1, 1, 1, "openai", "m");
        accept(new TokenEvent.MessageStart(ofAttempt, "assistant", null, null, null, providerData));
    }

    private void blockStart(int choice, int block, BlockType type, @Nullable String tool) {
        accept(new TokenEvent.BlockStart(at(choice, block), type, null, tool, null, null, null));
    }

    private void delta(int choice, int block, DeltaType type, String text) {
        accept(new TokenEvent.BlockDelta(at(choice, block), type, text, null));
    }

    private void accept(TokenEvent event) {
        assembler.accept(event);
    }

    private Envelope at(int choice, int block) {
        return new Envelope("c", "r", 1, "run", sequence++, choice, block, 1, 1, 1, "openai", "m");
    }
}
