package dev.tokentape.simulator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.Seal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class BedrockConverseTest {

    private static final String STREAM = "/model/nova/converse-stream";
    private static final String WHOLE = "/model/nova?ttft=100&tps=10/converse";
    private static final String HELLO = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}]}";
    private final BedrockConverse bedrock = new BedrockConverse();

    @Test
    void aStreamHasFramesForEveryKindOfBlock() throws Exception {
        // Given
        var script = Wire.script(
                StopReason.TOOL_USE,
                new Block.Thinking(List.of("Hm")),
                new Block.Text(List.of("Say \"hi\"\n👍")),
                new Block.ToolCall("0a", "get_weather", List.of("{\"a\"", ":1}")));
        var request = read("/model/nova?ttft=100&tps=10/converse-stream", HELLO);

        // When
        byte[] stream = Wire.bytes(bedrock.stream(Wire.IDENTITY, request, script), script);

        // Then
        assertThat(frames(stream))
                .containsExactly(
                        "event messageStart {\"p\":\"a\",\"role\":\"assistant\"}",
                        "event contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":"
                                + "{\"text\":\"Hm\"}},\"p\":\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL\"}",
                        "event contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":"
                                + "{\"signature\":\"" + Seal.ANTHROPIC.signature("Hm")
                                + "\"}},\"p\":\"abcdefghijklm\"}",
                        "event contentBlockStop {\"contentBlockIndex\":0,"
                                + "\"p\":\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX\"}",
                        "event contentBlockDelta {\"contentBlockIndex\":1,\"delta\":{\"text\":\"Say \\\"hi\\\"\\n👍\"},"
                                + "\"p\":\"abcdefghijklmnopqrstuvwxy\"}",
                        "event contentBlockStop {\"contentBlockIndex\":1,"
                                + "\"p\":\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\"}",
                        "event contentBlockStart {\"contentBlockIndex\":2,"
                                + "\"p\":\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJK\","
                                + "\"start\":{\"toolUse\":{\"name\":\"get_weather\",\"toolUseId\":\"tooluse_0a\"}}}",
                        "event contentBlockDelta {\"contentBlockIndex\":2,\"delta\":{\"toolUse\":"
                                + "{\"input\":\"{\\\"a\\\"\"}},\"p\":\"abcdefghijkl\"}",
                        "event contentBlockDelta {\"contentBlockIndex\":2,\"delta\":{\"toolUse\":"
                                + "{\"input\":\":1}\"}},"
                                + "\"p\":\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW\"}",
                        "event contentBlockStop {\"contentBlockIndex\":2,\"p\":\"abcdefghijklmnopqrstuvwx\"}",
                        "event messageStop {\"p\":\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345678\","
                                + "\"stopReason\":\"tool_use\"}",
                        "event metadata {\"metrics\":{\"latencyMs\":500},"
                                + "\"p\":\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJ\","
                                + "\"usage\":{\"inputTokens\":9,\"outputTokens\":4,\"totalTokens\":13}}");
    }

    @Test
    void anErrorIsAnExceptionFrame() throws Exception {
        // Given
        var encoder = bedrock.stream(Wire.IDENTITY, read(STREAM, HELLO), Wire.script(StopReason.END_TURN));

        // When
        byte[] error = encoder.error();

        // Then
        assertThat(frames(error))
                .containsExactly("exception modelStreamErrorException {\"message\":"
                        + "\"The model failed while it worked on the answer.\",\"originalMessage\":\"Overloaded\","
                        + "\"originalStatusCode\":529}");
        assertThat(frames(encoder.malformed())).hasSize(1);
    }

    @Test
    void aFrameIsLaidOutToTheByte() {
        // When
        byte[] frame = EventStreamFrame.encode(Map.of("a", "b"), "{}".getBytes(StandardCharsets.UTF_8));

        // Then: 24 bytes in all, 6 of headers; both checksums computed by another implementation
        assertThat(HexFormat.of().formatHex(frame)).isEqualTo("0000001800000006dcd1a61f0161070001627b7df3d78873");
    }

    @Test
    void framesAreThoseOfAmazonsOwnVectors() throws Exception {
        Path vectors = Path.of(Objects.requireNonNullElse(
                        System.getenv("TOKENTAPE_RECORDED_STREAMS"), "../../shared/recorded-streams"))
                .resolve("eventstream-vectors");
        assumeTrue(
                Files.isDirectory(vectors),
                "skipped: there are no event stream vectors at " + vectors
                        + " (set TOKENTAPE_RECORDED_STREAMS to the folder above)");
        byte[] payload = "{'foo':'bar'}".getBytes(StandardCharsets.UTF_8);

        assertThat(EventStreamFrame.encode(Map.of(), new byte[0]))
                .isEqualTo(Files.readAllBytes(vectors.resolve("valid-empty_message.bin")));
        assertThat(EventStreamFrame.encode(Map.of(), payload))
                .isEqualTo(Files.readAllBytes(vectors.resolve("valid-payload_no_headers.bin")));
        assertThat(EventStreamFrame.encode(Map.of("content-type", "application/json"), payload))
                .isEqualTo(Files.readAllBytes(vectors.resolve("valid-payload_one_str_header.bin")));
    }

    @Test
    void anAnswerInOnePieceHasTheSameBlocks() throws Exception {
        // Given
        var script = Wire.script(
                StopReason.MAX_TOKENS,
                new Block.Thinking(List.of("Hm")),
                new Block.Text(List.of("Wa", "it")),
                new Block.ToolCall("0a", "now", List.of("{\"a\":1}")));

        // When
        String body = Wire.whole(bedrock, read(WHOLE, HELLO), script);

        // Then
        assertThat(body)
                .isEqualTo("{\"metrics\":{\"latencyMs\":500},\"output\":{\"message\":{\"content\":["
                        + "{\"reasoningContent\":{\"reasoningText\":{\"signature\":\"" + Seal.ANTHROPIC.signature("Hm")
                        + "\",\"text\":\"Hm\"}}},"
                        + "{\"text\":\"Wait\"},{\"toolUse\":{\"name\":\"now\",\"toolUseId\":\"tooluse_0a\","
                        + "\"input\":{\"a\":1}}}],\"role\":\"assistant\"}},\"stopReason\":\"max_tokens\","
                        + "\"usage\":{\"inputTokens\":9,\"outputTokens\":4,\"totalTokens\":13}}");
    }

    @Test
    void errorsNameTheirTypeInAHeader() {
        // When
        var reply = bedrock.httpError(Wire.IDENTITY, 429, "Too many tokens.", 1);

        // Then
        assertThat(reply.headers())
                .containsEntry(
                        "x-amzn-errortype", "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/")
                .doesNotContainKey("retry-after");
        assertThat(Wire.text(reply.body())).isEqualTo("{\"message\":\"Too many tokens.\"}");
        assertThat(bedrock.unauthorized(true).status()).isEqualTo(403);
    }

    @Test
    void requestsAreReadWithTheModelFromThePath() throws Exception {
        // When
        var request = read("/model/arn:aws:bedrock:eu:1:inference-profile/sim?tokens=5/converse", """
            {"system":[{"text":"Be brief."}],"inferenceConfig":{"maxTokens":30},
             "additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}},
             "toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}}],
               "toolChoice":{"tool":{"name":"f"}}},
             "messages":[{"role":"user","content":[{"text":"How "},{"text":"warm?"}]},
               {"role":"assistant","content":[{"toolUse":{"toolUseId":"x","name":"f","input":{}}}]},
               {"role":"user","content":[{"toolResult":{"toolUseId":"x","content":[{"text":"4"}]}}]}]}""");

        // Then
        assertThat(request.model()).isEqualTo("arn:aws:bedrock:eu:1:inference-profile/sim");
        assertThat(request.settings().maxTokens()).isEqualTo(5);
        assertThat(request.lastUserText()).isEqualTo("How warm?");
        assertThat(request.endsWithToolResults()).isTrue();
        assertThat(request.thinkingBudget()).isEqualTo(2048);
        assertThat(request.maxTokens()).isEqualTo(30);
        assertThat(request.tools().forced()).isEqualTo("f");
        assertThat(request.stream()).isFalse();
        assertThat(read(STREAM, HELLO).stream()).isTrue();
    }

    @Test
    void theAccessKeyIdOfASignatureIsTheKey() {
        // Given
        String signature = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260801/eu-west-1/bedrock/aws4_request, "
                + "SignedHeaders=host, Signature=00";

        // When
        var request = new IncomingRequest(STREAM, Map.of(), Map.of("authorization", signature), new byte[0]);

        // Then
        assertThat(request.key()).isEqualTo("AKIDEXAMPLE");
    }

    @Test
    void whatIsMissingOrWrongIsRefused() {
        assertThatThrownBy(() -> read(WHOLE, "{}")).hasMessageContaining("message");
        assertThatThrownBy(() -> read(WHOLE, "{\"messages\":[{}],\"inferenceConfig\":{\"maxTokens\":0}}"))
                .hasMessageContaining("maxTokens");
    }

    private SimulatedRequest read(String path, String body) throws RequestRefused {
        return bedrock.read(Wire.request(path, body), CallSettings.DEFAULT);
    }

    /** Each frame as its message type, its event type and its payload, after a check of lengths and checksums. */
    private static List<String> frames(byte[] stream) {
        var frames = new ArrayList<String>();
        var rest = ByteBuffer.wrap(stream);
        while (rest.hasRemaining()) {
            int start = rest.position();
            int length = rest.getInt();
            int headersLength = rest.getInt();
            assertThat(rest.getInt()).as("checksum of the prelude").isEqualTo(crc(stream, start, 8));
            byte[] headers = new byte[headersLength];
            rest.get(headers);
            byte[] payload = new byte[length - headersLength - 16];
            rest.get(payload);
            assertThat(rest.getInt()).as("checksum of the message").isEqualTo(crc(stream, start, length - 4));
            List<String> values = headerValues(headers);
            assertThat(values.get(1)).isEqualTo("application/json");
            frames.add(values.get(2) + " " + values.get(0) + " " + Wire.text(payload));
        }
        return frames;
    }

    private static List<String> headerValues(byte[] headers) {
        var values = new ArrayList<String>();
        var rest = ByteBuffer.wrap(headers);
        while (rest.hasRemaining()) {
            rest.position(rest.position() + 1 + rest.get(rest.position()) + 1);
            byte[] value = new byte[rest.getShort()];
            rest.get(value);
            values.add(Wire.text(value));
        }
        return values;
    }

    private static int crc(byte[] bytes, int from, int length) {
        var crc = new CRC32();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
