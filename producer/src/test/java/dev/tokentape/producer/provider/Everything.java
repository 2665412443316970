package dev.tokentape.producer.provider;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** One stream of each API, written by hand, with everything in it that the API can say. */
public final class Everything {

    private static final Map<String, String> FILES = Map.of(
            ApiNames.CHAT, "chat-everything.sse",
            ApiNames.RESPONSES, "responses-everything.sse",
            ApiNames.MESSAGES, "messages-everything.sse",
            ApiNames.BEDROCK, "converse-everything.txt",
            ApiNames.GEMINI, "gemini-everything.sse",
            ApiNames.OLLAMA, "ollama-everything.ndjson");

    private Everything() {}

    /** Each API with the name of its file. */
    static Stream<Arguments> files() {
        return FILES.entrySet().stream().map(file -> Arguments.of(file.getKey(), file.getValue()));
    }

    /** What stands in the API's file: the body, but for Bedrock, whose frames are a line each. */
    static String of(String api) throws IOException {
        return new String(read(Objects.requireNonNull(FILES.get(api))), StandardCharsets.UTF_8);
    }

    /** The API's body, as it is on the wire. */
    public static byte[] body(String api) throws IOException {
        String text = of(api);
        return api.equals(ApiNames.BEDROCK) ? Frames.ofLines(text) : text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] read(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(Everything.class.getResourceAsStream(file))) {
            return in.readAllBytes();
        }
    }
}
