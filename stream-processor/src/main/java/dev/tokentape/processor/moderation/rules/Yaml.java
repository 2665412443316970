package dev.tokentape.processor.moderation.rules;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;

/** A YAML document as a tree that remembers its lines. Scalars are text, as written. */
sealed interface Yaml {

    /** Characters of the largest file. */
    int MOST_CHARACTERS = 8 * 1024 * 1024;

    int line();

    record Scalar(String text, int line) implements Yaml {}

    record Sequence(List<Yaml> items, int line) implements Yaml {}

    /** @param fields in order; no field stands twice */
    record Mapping(Map<String, Yaml> fields, int line) implements Yaml {}

    /** Reads a document; what it cannot read it adds to the problems. */
    static Yaml read(String text, List<RuleProblem> problems) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MOST_CHARACTERS);
        try (YAMLParser parser =
                YAMLFactory.builder().loaderOptions(options).build().createParser(text)) {
            if (parser.nextToken() == null) {
                return new Mapping(Map.of(), 1);
            }
            Yaml whole = node(parser, problems);
            if (parser.nextToken() != null) {
                problems.add(new RuleProblem(line(parser), "a second document; a rule file is one"));
            }
            return whole;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            problems.add(new RuleProblem(
                    Math.max(1, line),
                    "not YAML: " + e.getOriginalMessage().lines().findFirst().orElse("")));
            return new Mapping(Map.of(), 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static Yaml node(YAMLParser parser, List<RuleProblem> problems) throws IOException {
        int line = line(parser);
        if (parser.isCurrentAlias()) {
            problems.add(new RuleProblem(line, "aliases (*name) are not known here; write the value out"));
        }
        return switch (parser.currentToken()) {
            case START_ARRAY -> {
                List<Yaml> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(node(parser, problems));
                }
                yield new Sequence(items, line);
            }
            case START_OBJECT -> {
                Map<String, Yaml> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    int at = line(parser);
                    parser.nextToken();
                    if (fields.put(name, node(parser, problems)) != null) {
                        problems.add(new RuleProblem(at, "the field " + name + " stands twice"));
                    }
                }
                yield new Mapping(fields, line);
            }
            case VALUE_NULL -> new Scalar("", line);
            default -> new Scalar(parser.getText(), line);
        };
    }
}
