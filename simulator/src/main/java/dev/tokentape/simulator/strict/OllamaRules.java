package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Ollama enforces on the bodies of its own chat API: the types of fields, hardly more. */
public final class OllamaRules {

    /** In the order in which a body is read. */
    public static final ApiRules ALL = new ApiRules(List.of(
            new VendorRule("ollama.content-is-text", OllamaRules::content),
            new VendorRule("ollama.role", OllamaRules::role),
            new VendorRule("ollama.images", OllamaRules::images),
            new VendorRule("ollama.call-arguments", OllamaRules::arguments),
            new VendorRule("ollama.think", OllamaRules::think),
            new VendorRule("ollama.options", OllamaRules::options)));

    private OllamaRules() {}

    private static String cannot(String kind, String field, String type) {
        return "json: cannot unmarshal " + kind + " into Go struct field ChatRequest." + field + " of type " + type;
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "array";
            case OBJECT -> "object";
            case BOOLEAN -> "bool";
            case NUMBER -> "number";
            default -> "string";
        };
    }

    private static @Nullable String content(Asked asked) {
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            for (String member : List.of("content", "thinking", "tool_name")) {
                JsonNode value = message.path(member);
                if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
                    return cannot(kind(value), "messages." + member, "string");
                }
            }
            return null;
        });
    }

    private static @Nullable String role(Asked asked) {
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            String role = Walk.text(message, "role");
            return Set.of("system", "user", "assistant", "tool").contains(role)
                    ? null
                    : "invalid role: \"" + role + "\", role must be one of [system, user, assistant, tool]";
        });
    }

    private static @Nullable String images(Asked asked) {
        return Walk.bracketed(
                asked.at("messages"),
                "messages",
                (message, path) -> Walk.bracketed(
                        message.path("images"),
                        path,
                        (image, at) -> Walk.isBase64(image.asText("")) ? null : "illegal base64 data at input byte 0"));
    }

    private static @Nullable String arguments(Asked asked) {
        return Walk.bracketed(
                asked.at("messages"),
                "messages",
                (message, path) -> Walk.bracketed(message.path("tool_calls"), path, (call, at) -> {
                    JsonNode arguments = call.path("function").path("arguments");
                    return arguments.isMissingNode() || arguments.isObject()
                            ? null
                            : cannot(
                                    kind(arguments),
                                    "messages.tool_calls.function.arguments",
                                    "api.ToolCallFunctionArguments");
                }));
    }

    private static @Nullable String think(Asked asked) {
        JsonNode think = asked.at("think");
        boolean known = think.isMissingNode()
                || think.isNull()
                || think.isBoolean()
                || Set.of("high", "medium", "low", "max").contains(think.asText());
        return known
                ? null
                : "invalid think value: \"" + think.asText()
                        + "\" (must be \"high\", \"medium\", \"low\", true, or false)";
    }

    private static @Nullable String options(Asked asked) {
        JsonNode options = asked.at("options");
        for (String number : List.of("temperature", "top_p", "num_predict")) {
            if (options.has(number) && !options.path(number).isNumber()) {
                return "option \"" + number + "\" must be of type "
                        + (number.equals("num_predict") ? "integer" : "float32");
            }
        }
        JsonNode stops = options.path("stop");
        return stops.isMissingNode() || stops.isArray() ? null : "option \"stop\" must be of type array";
    }
}
