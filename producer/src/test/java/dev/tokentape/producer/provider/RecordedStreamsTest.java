package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.Words;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every recorded stream assembles to what its collection says, however it is cut. */
class RecordedStreamsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 0})
    void everyRecordingAssemblesToWhatItShould(int chunkBytes) throws IOException {
        Map<String, JsonNode> recordings = Recordings.expected();
        SoftAssertions softly = new SoftAssertions();
        int compared = 0;
        for (Map.Entry<String, JsonNode> recording : recordings.entrySet()) {
            // Given
            JsonNode expected = recording.getValue();
            byte[] body = Recordings.body(recording.getKey());

            // When
            Decoded decoded = Decoded.of(Recordings.api(expected), body, chunkBytes);

            // Then
            softly.assertThat(described(decoded, expected).toPrettyString())
                    .as("%s in chunks of %d", recording.getKey(), chunkBytes)
                    .isEqualTo(wanted(expected).toPrettyString());
            compared++;
        }
        softly.assertAll();
        assertThat(compared).isGreaterThanOrEqualTo(120);
    }

    @Test
    void aBodyCutAnywhereEndsInOneTerminalEvent() throws IOException {
        for (Map.Entry<String, JsonNode> recording : Recordings.expected().entrySet()) {
            byte[] body = Recordings.body(recording.getKey());
            String api = Recordings.api(recording.getValue());
            for (int length = 0; length < body.length; length += Math.max(1, body.length / 50)) {
                // When
                Decoded decoded = Decoded.of(api, Arrays.copyOf(body, length), 0);

                // Then
                assertThat(decoded.events().stream().filter(TokenEvent::isTerminal))
                        .as("%s cut at %d", recording.getKey(), length)
                        .hasSize(1);
                assertThat(decoded.last().isTerminal()).isTrue();
                if (decoded.last() instanceof TokenEvent.Failed failed
                        && !recording.getValue().has("error")
                        && !damaged(recording.getValue())) {
                    assertThat(failed.error().getPhase())
                            .as("%s cut at %d", recording.getKey(), length)
                            .isEqualTo(ErrorPhase.TRUNCATED);
                }
            }
        }
    }

    private static ObjectNode wanted(JsonNode expected) {
        ObjectNode wanted = JSON.createObjectNode();
        wanted.set("text", expected.path("text"));
        wanted.set("thinking", expected.path("thinking"));
        wanted.set("tool_calls", without(expected.path("tool_calls"), "arguments_json"));
        wanted.set("raw_stop_reason", expected.path("stop_reason"));
        wanted.set("finish_reason", expected.path("finish_reason"));
        wanted.set("input_tokens", either(expected, "input_tokens_total", "input_tokens"));
        wanted.set("output_tokens", either(expected, "output_tokens_total", "output_tokens"));
        for (String field : List.of(
                "id",
                "model",
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
                "reasoning_tokens",
                "refusal",
                "block_types",
                "server_tool_calls",
                "choices",
                "citations",
                "signatures",
                "error")) {
            if (expected.has(field)) {
                wanted.set(field, expected.get(field));
            }
        }
        if (wanted.path("error").isObject()) {
            String code = expected.path("error").path("code").asText();
            String type = expected.path("error").path("type").asText("upstream_error");
            wanted.put("error", code.matches("[a-z_]+") && !code.equals("null") ? code : type);
            wanted.put("message", expected.path("error").path("message").asText());
        }
        boolean whole = !expected.path("terminal_marker").isNull()
                || !expected.path("stop_reason").isNull();
        boolean failed = expected.has("error") || damaged(expected);
        wanted.put("ending", failed ? "error" : whole ? "message_stop" : "truncated");
        return wanted;
    }

    /** Whether its bytes were changed on their way. */
    private static boolean damaged(JsonNode expected) {
        return expected.path("wire").path("framing_error").asText().contains("crc");
    }

    private static ObjectNode described(Decoded decoded, JsonNode expected) {
        Response response = decoded.response();
        ObjectNode is = JSON.createObjectNode();
        is.put("text", response.getText());
        is.put("thinking", decoded.thinking());
        is.set("tool_calls", toolCalls(response, BlockType.TOOL_USE, 0));
        is.put("raw_stop_reason", response.getRawStopReason());
        is.put("finish_reason", finish(decoded));
        var usage = response.getUsage();
        number(is, "input_tokens", usage == null ? null : usage.getInputTokens());
        number(is, "output_tokens", usage == null ? null : usage.getOutputTokens());
        for (String field : List.of("id", "model")) {
            if (expected.has(field)) {
                is.put(field, field.equals("id") ? response.getUpstreamId() : response.getServedModel());
            }
        }
        Map<String, @Nullable Long> counts = new LinkedHashMap<>();
        counts.put("cache_read_input_tokens", usage == null ? null : usage.getCacheReadInputTokens());
        counts.put("cache_creation_input_tokens", usage == null ? null : usage.getCacheCreationInputTokens());
        counts.put("reasoning_tokens", usage == null ? null : usage.getReasoningOutputTokens());
        counts.forEach((field, count) -> {
            if (expected.has(field)) {
                number(is, field, count);
            }
        });
        if (expected.has("refusal")) {
            is.put("refusal", decoded.text(BlockType.REFUSAL, 0));
        }
        if (expected.has("block_types")) {
            ArrayNode types = is.putArray("block_types");
            boolean bedrock = Recordings.api(expected).startsWith("bedrock");
            response.getBlocks().forEach(block -> types.add(bedrock ? bedrockType(block) : wireType(block)));
        }
        if (expected.has("server_tool_calls")) {
            ArrayNode calls = toolCalls(response, BlockType.SERVER_TOOL_USE, 0);
            boolean inputTold = expected.path("server_tool_calls").path(0).has("arguments");
            is.set("server_tool_calls", inputTold ? calls : without(calls, "arguments"));
        }
        if (expected.has("choices")) {
            is.set("choices", choices(decoded, expected.path("choices").size()));
        }
        if (expected.has("citations")) {
            is.put(
                    "citations",
                    response.getBlocks().stream()
                            .mapToInt(block -> block.getCitations().size())
                            .sum());
        }
        if (expected.has("signatures")) {
            is.put(
                    "signatures",
                    response.getBlocks().stream()
                            .filter(block -> block.getSignature() != null)
                            .count());
        }
        if (expected.has("error") && response.getError() != null) {
            is.put("error", response.getError().getCode());
            is.put("message", response.getError().getMessage());
        }
        is.put("ending", ending(decoded));
        return is;
    }

    private static String ending(Decoded decoded) {
        return switch (decoded.last()) {
            case TokenEvent.MessageStop _ -> "message_stop";
            case TokenEvent.Failed e -> e.error().getPhase() == ErrorPhase.TRUNCATED ? "truncated" : "error";
            default -> decoded.last().toString();
        };
    }

    private static @Nullable String finish(Decoded decoded) {
        Response response = decoded.response();
        if (response.getError() != null) {
            ErrorPhase phase = response.getError().getPhase();
            return phase == ErrorPhase.TRUNCATED || phase == ErrorPhase.PARSE ? null : StopReason.ERROR.name();
        }
        boolean untold = response.getRawStopReason() == null && response.getStopReason() == StopReason.OTHER;
        return untold ? null : String.valueOf(response.getStopReason());
    }

    private static ObjectNode choices(Decoded decoded, int count) {
        ObjectNode choices = JSON.createObjectNode();
        for (int i = 0; i < count; i++) {
            int index = i;
            String stop = decoded.events().stream()
                    .filter(event -> event instanceof TokenEvent.MessageDelta)
                    .map(TokenEvent.MessageDelta.class::cast)
                    .filter(delta -> delta.envelope().choiceIndex() == index)
                    .map(TokenEvent.MessageDelta::rawStopReason)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse("none");
            ObjectNode choice = choices.putObject(String.valueOf(i));
            choice.put("text", decoded.text(BlockType.TEXT, i));
            choice.set("tool_calls", toolCalls(decoded.response(), BlockType.TOOL_USE, i));
            choice.put("stop_reason", stop);
        }
        return choices;
    }

    private static ArrayNode toolCalls(Response response, BlockType type, int choice) {
        ArrayNode calls = JSON.createArrayNode();
        for (Block block : response.getBlocks()) {
            if (block.getType() == type && block.getChoiceIndex() == choice) {
                ObjectNode call = calls.addObject();
                if (type == BlockType.TOOL_USE) {
                    call.put("id", block.getToolCallId());
                } else {
                    call.put("type", wireType(block));
                }
                call.put("name", block.getToolName());
                call.set("arguments", arguments(block.getText()));
            }
        }
        return calls;
    }

    private static JsonNode arguments(String text) {
        try {
            return JSON.readTree(text.isBlank() ? "{}" : text);
        } catch (JsonProcessingException _) {
            return JSON.getNodeFactory().textNode(text);
        }
    }

    private static String wireType(Block block) {
        if (block.getProviderData() != null) {
            try {
                String type =
                        JSON.readTree(block.getProviderData()).path("type").asText("");
                return type.isEmpty() ? Words.of(block.getType()) : type;
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
        return Words.of(block.getType());
    }

    private static String bedrockType(Block block) {
        return switch (block.getType()) {
            case TOOL_USE -> "tool";
            case SERVER_TOOL_USE -> "server";
            case TOOL_RESULT -> "toolResult";
            default -> Words.of(block.getType());
        };
    }

    private static JsonNode either(JsonNode node, String first, String second) {
        return node.has(first) ? node.get(first) : node.path(second);
    }

    private static void number(ObjectNode to, String field, @Nullable Long value) {
        if (value == null) {
            to.putNull(field);
        } else {
            to.put(field, value.intValue());
        }
    }

    private static JsonNode without(JsonNode calls, String field) {
        ArrayNode copy = calls.deepCopy();
        copy.forEach(call -> ((ObjectNode) call).remove(field));
        return copy;
    }
}
