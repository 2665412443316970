package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.TokenCounts;
import dev.tokentape.simulator.settings.ChatDialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** How one server writes Chat Completions: templates by key from {@code chat-dialects.txt}, explained there. */
final class ChatFormat {

    private static final String RESOURCE = "chat-dialects.txt";
    private static final Map<ChatDialect, ChatFormat> FORMATS = read();

    private final Map<String, Template> templates;
    private final Map<String, String> texts;

    private ChatFormat(Map<String, String> texts) {
        this.texts = texts;
        this.templates = new HashMap<>();
        texts.forEach((key, text) -> templates.put(key, Template.of(text)));
    }

    static ChatFormat of(ChatDialect dialect) {
        return Objects.requireNonNull(FORMATS.get(dialect), dialect.spelling());
    }

    /** The template of a key, which must be there. */
    Template template(String key) {
        return Objects.requireNonNull(templates.get(key), () -> RESOURCE + " has no " + key);
    }

    /** The template of a key, or that of another, more general one. */
    Template template(String key, String otherwise) {
        return templates.containsKey(key) ? template(key) : template(otherwise);
    }

    /** The text of a key in which nothing is filled in. */
    String text(String key) {
        return Objects.requireNonNull(texts.get(key), () -> RESOURCE + " has no " + key);
    }

    private static Map<ChatDialect, ChatFormat> read() {
        var sections = new EnumMap<ChatDialect, Map<String, String>>(ChatDialect.class);
        Map<String, String> section = Map.of();
        for (String line : resource().lines().toList()) {
            if (line.startsWith("[")) {
                ChatDialect dialect = ChatDialect.named(line.substring(1, line.length() - 1))
                        .orElseThrow(() -> new IllegalStateException(RESOURCE + ": there is no dialect " + line));
                section = new HashMap<>(sections.getOrDefault(ChatDialect.OPENAI, Map.of()));
                sections.put(dialect, section);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int equals = line.indexOf(" =");
                String value = line.substring(equals + 2).strip();
                section.put(
                        line.substring(0, equals), value.replace("\\n", "\n").replace("\\r", "\r"));
            }
        }
        var formats = new EnumMap<ChatDialect, ChatFormat>(ChatDialect.class);
        sections.forEach((dialect, texts) -> formats.put(dialect, new ChatFormat(texts)));
        return formats;
    }

    private static String resource() {
        try (InputStream in = Objects.requireNonNull(ChatFormat.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + RESOURCE, unreadable);
        }
    }

    /** What an answer's chunks are known by, for their templates. */
    Map<String, String> names(AnswerIdentity identity, SimulatedRequest request) {
        String number = identity.id();
        return Map.of(
                "id",
                template("id").fill(Map.of("number", number)),
                "number",
                number,
                "created",
                Long.toString(identity.createdSeconds()),
                "model",
                WireJson.quoted(request.model()));
    }

    static Map<String, String> counts(TokenCounts usage) {
        return Map.of(
                "in",
                Integer.toString(usage.input()),
                "out",
                Integer.toString(usage.output()),
                "total",
                Integer.toString(usage.input() + usage.output()),
                "thoughts",
                Integer.toString(usage.thinking()));
    }

    String usage(TokenCounts usage) {
        return template("usage").fill(counts(usage));
    }
}
