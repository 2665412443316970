package dev.tokentape.processor.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.codec.TrustedClasses;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallsTest {

    static {
        TrustedClasses.ensure();
    }

    private static Response ended(ResponseStatus status, Block... blocks) {
        return Response.newBuilder()
                .setConversationId("c")
                .setResponseId("r")
                .setStatus(status)
                .setAttempt(1)
                .setText("")
                .setBlocks(List.of(blocks))
                .setRequestedAt(Instant.EPOCH)
                .setLastSequence(1)
                .build();
    }

    private static Block call(int choice, String id, String arguments, boolean complete) {
        return Block.newBuilder()
                .setChoiceIndex(choice)
                .setBlockIndex(0)
                .setType(BlockType.TOOL_USE)
                .setText(arguments)
                .setComplete(complete)
                .setToolCallId(id)
                .setToolName("tool")
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "", "  ", " {\"city\":\"Ulm\",\"days\":[1,2]} ", "[1]", "42", "\"text\""})
    void aCallWithWholeArgumentsIsOne(String arguments) {
        // When
        List<String> calls = ToolCalls.wholeIn(ended(ResponseStatus.COMPLETED, call(0, "a", arguments, true)));

        // Then
        assertThat(calls).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"city\":\"Ul", "{\"city\":\"Ulm\"", "{} {}", "}", "tru", "[1,"})
    void aCallWithHalfOfItsArgumentsIsNone(String arguments) {
        // When
        List<String> calls = ToolCalls.wholeIn(ended(ResponseStatus.COMPLETED, call(0, "a", arguments, true)));

        // Then
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"custom_tool_call", "custom"})
    void aCallThatTakesTextIsWholeWithAnyText(String kind) {
        // Given
        Block call = Block.newBuilder(call(0, "a", "SELECT 2", true))
                .setProviderData("{\"id\":\"x\",\"type\":\"%s\"}".formatted(kind))
                .build();

        // When
        List<String> calls = ToolCalls.wholeIn(ended(ResponseStatus.COMPLETED, call));

        // Then
        assertThat(calls).containsExactly("a");
    }

    @Test
    void aCallThatWasNotEndedOrIsOfAnotherChoiceIsNone() {
        // When
        List<String> calls = ToolCalls.wholeIn(ended(
                ResponseStatus.COMPLETED,
                call(0, "broken off", "{}", false),
                call(0, "whole", "{}", true),
                call(1, "another choice", "{}", true)));

        // Then
        assertThat(calls).containsExactly("whole");
    }

    @ParameterizedTest
    @EnumSource(value = ResponseStatus.class, names = "COMPLETED", mode = EnumSource.Mode.EXCLUDE)
    void anAnswerThatIsNotWholeCallsNothing(ResponseStatus status) {
        // When
        List<String> calls = ToolCalls.wholeIn(ended(status, call(0, "a", "{}", true)));

        // Then
        assertThat(calls).isEmpty();
    }
}
