package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What servers send beside what their API's description says, and what it means: one table an API, in {@code variants}.
 *
 * <p>A variant is its name after {@code ==}, what it says after {@code ->}, and its events, one a line. Server-sent
 * events are their data, a line as it is after {@code |}; Bedrock's are type and payload, an exception's after
 * {@code !}, what is no frame after {@code ~}.
 */
class VariantsTest {

    private static final List<String> APIS = List.of(
            "openai-chat-completions",
            "openai-responses",
            "anthropic-messages",
            "bedrock-converse-stream",
            "gemini-generate-content",
            "ollama-native");

    record Variant(String api, String name, String says, List<String> events) {
        @Override
        public String toString() {
            return api + ": " + name;
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyVariantSaysWhatItMeans(Variant variant) {
        // Given
        byte[] body = body(variant);

        // When
        Decoded whole = Decoded.of(variant.api(), body, 0);
        Decoded cut = Decoded.of(variant.api(), body, 1);

        // Then
        assertThat(said(whole)).isEqualTo(variant.says());
        assertThat(cut.events()).isEqualTo(whole.events());
    }

    static Stream<Variant> variants() throws IOException {
        List<Variant> all = new ArrayList<>();
        for (String api : APIS) {
            String file = "variants/" + api + ".txt";
            try (InputStream in = Objects.requireNonNull(VariantsTest.class.getResourceAsStream(file))) {
                String table = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                for (String variant : table.split("(?m)^== ", -1)) {
                    List<String> lines = variant.lines().toList();
                    if (lines.size() > 1) {
                        String says = lines.get(1).substring("-> ".length());
                        List<String> events = lines.subList(2, lines.size());
                        all.add(new Variant(api, lines.getFirst(), says, events));
                    }
                }
            }
        }
        return all.stream();
    }

    private static byte[] body(Variant variant) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String event : variant.events()) {
            if (event.isEmpty()) {
                continue;
            }
            byte[] bytes = switch (variant.api()) {
                case "bedrock-converse-stream" ->
                    switch (event.charAt(0)) {
                        case '!' -> exception(event.substring(1));
                        case '~' -> utf8(event.substring(1));
                        default -> Frames.ofLines(event);
                    };
                case "ollama-native" -> utf8(event + "\n");
                default -> utf8(event.startsWith("|") ? event.substring(1) + "\n" : "data: " + event + "\n\n");
            };
            body.writeBytes(bytes);
        }
        return body.toByteArray();
    }

    private static byte[] exception(String event) {
        int blank = event.indexOf(' ');
        return Frames.exception(event.substring(0, blank), event.substring(blank + 1));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** All that counts, in few words; what there is not is left out. */
    private static String said(Decoded decoded) {
        Response response = decoded.response();
        StringJoiner said = new StringJoiner(" ");
        for (Block block : response.getBlocks()) {
            said.add(said(block));
        }
        if (response.getStopReason() != null) {
            said.add(response.getStopReason() + "/" + response.getRawStopReason());
        }
        if (response.getStopSequence() != null) {
            said.add("at " + response.getStopSequence());
        }
        if (response.getError() != null) {
            said.add("%s %s: %s"
                    .formatted(
                            response.getError().getPhase(),
                            response.getError().getCode(),
                            response.getError().getMessage()));
        } else if (response.getUsage() != null) {
            said.add(said(response.getUsage()));
        }
        return said.toString();
    }

    private static String said(Block block) {
        String choice = block.getChoiceIndex() == 0 ? "" : block.getChoiceIndex() + ":";
        String text = block.getText();
        String kind = switch (block.getType()) {
            case TEXT -> "'" + text + "'";
            case THINKING -> "(" + text + ")";
            case TOOL_USE -> block.getToolName() + "#" + block.getToolCallId() + text;
            default -> block.getType() + "[" + text + "]";
        };
        String signature = block.getSignature() == null ? "" : "~" + block.getSignature();
        String cited = "^".repeat(block.getCitations().size())
                + "%".repeat(block.getLogprobs().size());
        boolean broken = block.getType() == BlockType.TOOL_USE && !block.getComplete();
        return choice + kind + signature + cited + (broken ? "…" : "");
    }

    private static String said(Usage usage) {
        StringJoiner said = new StringJoiner(" ");
        said.add(usage.getInputTokens() + "+" + usage.getOutputTokens());
        Long read = usage.getCacheReadInputTokens();
        Long written = usage.getCacheCreationInputTokens();
        Long reasoning = usage.getReasoningOutputTokens();
        Stream.of(read == null ? "" : "read " + read, written == null ? "" : "written " + written)
                .filter(part -> !part.isEmpty())
                .forEach(said::add);
        return (reasoning == null ? said : said.add("reasoning " + reasoning)).toString();
    }
}
