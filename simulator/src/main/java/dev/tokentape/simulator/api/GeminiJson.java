package dev.tokentape.simulator.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON spaced as Google's servers do: a space after each colon, and indented by two where it is pretty. */
final class GeminiJson {

    private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");
    private static final DefaultPrettyPrinter PRETTY = new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(INDENT)
            .withArrayIndenter(INDENT);

    private GeminiJson() {}

    static String compact(JsonNode tree) {
        return written(tree, new Spaced());
    }

    static String pretty(JsonNode tree) {
        return written(tree, PRETTY.createInstance());
    }

    private static String written(JsonNode tree, PrettyPrinter printer) {
        try {
            return WireJson.MAPPER.writer(printer).writeValueAsString(tree);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("cannot write a JSON tree", impossible);
        }
    }

    private static final class Spaced extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1;

        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator json) throws IOException {
            json.writeRaw(": ");
        }
    }
}
