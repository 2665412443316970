package dev.tokentape.producer.provider.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.api.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which calls of a Responses stream wait for the client. Mostly the item's type tells; a shell's commands are the
 * client's unless they run in a container of the server, a search for tools is the client's where the item says so, and
 * a request for approval is a call whose result is the yes or no.
 */
final class ClientCalls {

    private static final Set<String> ALWAYS = Set.of(
            "function_call",
            "custom_tool_call",
            "computer_call",
            "local_shell_call",
            "apply_patch_call",
            "mcp_approval_request",
            "tool_use");

    private ClientCalls() {}

    static boolean areFor(String type, JsonNode item) {
        return switch (type) {
            case "shell_call" -> {
                String environment = Json.text(item.path("environment"), "type");
                yield environment == null || !environment.startsWith("container");
            }
            case "tool_search_call" -> "client".equals(Json.text(item, "execution"));
            default -> ALWAYS.contains(type);
        };
    }

    /** Whether the call is known only when its item is whole: its item is its input, and may still change its ids. */
    static boolean comeWhole(String type) {
        return switch (type) {
            case "shell_call", "local_shell_call", "computer_call", "apply_patch_call", "tool_search_call" -> true;
            case "mcp_approval_request" -> true;
            default -> false;
        };
    }

    /** What the call is of: a tool of the client by its name, one of the API's own by its kind. */
    static @Nullable String nameOf(String type, JsonNode item) {
        String name = Json.text(item, "name");
        return name == null && type.endsWith("_call") ? type.substring(0, type.length() - "_call".length()) : name;
    }
}
