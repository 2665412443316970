package dev.tokentape.schemas.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a model gives a tool that it calls: one JSON value, or nothing, or for some kinds of calls any text. */
public final class CallInput {

    private static final JsonFactory JSON = new JsonFactory();

    /** Kinds of calls whose input is text, as the Responses API and Chat Completions name them. */
    private static final Set<String> OF_TEXT = Set.of("custom_tool_call", "custom");

    private CallInput() {}

    /**
     * Whether it is whole, so that the call can be carried out.
     *
     * @param providerData of the call's block, JSON
     */
    public static boolean isWhole(String input, @Nullable String providerData) {
        return input.isBlank() || isOneValue(input) || isText(providerData);
    }

    /** Whether a call takes any text, by what its provider told of it. */
    public static boolean isText(@Nullable String providerData) {
        if (providerData == null) {
            return false;
        }
        try (JsonParser parser = JSON.createParser(providerData)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean kind = parser.currentName().equals("type");
                JsonToken value = parser.nextToken();
                if (kind) {
                    return value == JsonToken.VALUE_STRING && OF_TEXT.contains(parser.getText());
                }
                parser.skipChildren();
            }
        } catch (IOException _) {
            // No JSON, so nothing that a provider has told.
        }
        return false;
    }

    private static boolean isOneValue(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException _) {
            return false;
        }
    }
}
