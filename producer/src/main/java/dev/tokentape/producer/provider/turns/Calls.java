package dev.tokentape.producer.provider.turns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.json.CallInput;
import org.jspecify.annotations.Nullable;

/** What a tool call of the history is: mostly a function's, but some APIs have kinds of their own. */
public final class Calls {

    private Calls() {}

    /** Its arguments; none are an empty object; null if they are no JSON object. */
    public static @Nullable JsonNode arguments(Part call) {
        String text = call.getArguments();
        try {
            JsonNode arguments = Json.parse(text == null || text.isBlank() ? "{}" : text);
            return arguments.isObject() ? arguments : null;
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    /** Its arguments as JSON text. */
    public static String argumentsText(Part call) {
        String text = call.getArguments();
        return text == null || text.isBlank() ? "{}" : text;
    }

    /** What its provider calls its kind; null for a function's. */
    public static @Nullable String kind(Part call) {
        return Json.text(facts(call), "type");
    }

    /** What its provider told beside name and arguments; an empty object for nothing. */
    public static ObjectNode facts(Part part) {
        String text = part.getProviderData();
        if (text != null) {
            try {
                if (Json.parse(text) instanceof ObjectNode facts) {
                    return facts;
                }
            } catch (JsonProcessingException _) {
                // A client's own, which nobody asked to be JSON.
            }
        }
        return JsonNodeFactory.instance.objectNode();
    }

    static boolean isWhole(Part call) {
        return call.getToolCallId() != null && (takesText(call) || arguments(call) != null);
    }

    /** The call as if it were a function's, for those who know no other. */
    static Part asFunction(Part call) {
        String kind = kind(call);
        String name = call.getToolName();
        if (name == null || name.isBlank()) {
            name = kind == null ? "tool" : kind.replaceFirst("_call$", "");
        }
        String arguments = call.getArguments();
        if (takesText(call) && arguments(call) == null) {
            arguments = Json.write(JsonNodeFactory.instance.objectNode().put("input", arguments));
        }
        return Part.newBuilder(call)
                .setToolName(name)
                .setArguments(arguments)
                .setProviderData(null)
                .build();
    }

    private static boolean takesText(Part call) {
        return CallInput.isText(call.getProviderData());
    }
}
