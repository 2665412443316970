package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which items a Responses request brings, and what they hold. */
final class ResponsesItems {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("responses.item-type", ResponsesItems::itemType),
            new VendorRule("responses.unknown-item-field", ResponsesItems::unknownItemField),
            new VendorRule("responses.role", ResponsesItems::role),
            new VendorRule("responses.content-type", ResponsesItems::contentType),
            new VendorRule("responses.image-address", ResponsesItems::imageAddress),
            new VendorRule("responses.item-id", ResponsesItems::itemId),
            new VendorRule("responses.reasoning-sealed", ResponsesItems::reasoningSealed),
            new VendorRule("responses.reasoning-own", ResponsesItems::reasoningOwn),
            new VendorRule("responses.reasoning-followed", ResponsesItems::reasoningFollowed));

    /** The items that a client writes, and their members; null where they are not looked into. */
    private static final Map<String, Set<String>> ITEMS = items();

    private static final Set<String> ASKED_PARTS = Set.of("input_text", "input_image", "input_file", "input_audio");
    private static final Set<String> SAID_PARTS = Set.of("output_text", "refusal");

    private static final Map<String, String> ID_PREFIXES =
            Map.of("message", "msg", "function_call", "fc", "reasoning", "rs", "custom_tool_call", "ctc");

    private ResponsesItems() {}

    private static Map<String, Set<String>> items() {
        var items = new HashMap<String, Set<String>>();
        items.put("message", Set.of("type", "role", "content", "id", "status", "phase"));
        items.put(
                "function_call", Set.of("type", "call_id", "name", "arguments", "id", "status", "namespace", "caller"));
        items.put("function_call_output", Set.of("type", "call_id", "output", "id", "status", "caller"));
        items.put(
                "custom_tool_call", Set.of("type", "call_id", "name", "input", "id", "status", "namespace", "caller"));
        items.put("custom_tool_call_output", Set.of("type", "call_id", "output", "id", "status", "caller"));
        items.put("reasoning", Set.of("type", "summary", "content", "encrypted_content", "id", "status"));
        for (String served : List.of(
                "item_reference",
                "compaction",
                "local_shell_call",
                "local_shell_call_output",
                "shell_call",
                "shell_call_output",
                "apply_patch_call",
                "apply_patch_call_output",
                "computer_call",
                "computer_call_output",
                "tool_search_call",
                "tool_search_output",
                "additional_tools",
                "mcp_list_tools",
                "mcp_call",
                "mcp_approval_request",
                "mcp_approval_response",
                "web_search_call",
                "file_search_call",
                "code_interpreter_call",
                "image_generation_call")) {
            items.put(served, Set.of());
        }
        return items;
    }

    /** The type of an item; messages may leave it out. */
    static String type(JsonNode item) {
        return item.has("type") ? Walk.text(item, "type") : item.has("role") ? "message" : "";
    }

    static @Nullable String each(Asked asked, Walk.Visitor visitor) {
        return Walk.bracketed(asked.at("input"), "input", visitor);
    }

    private static @Nullable String itemType(Asked asked) {
        return each(
                asked,
                (item, path) -> ITEMS.containsKey(type(item))
                        ? null
                        : "Invalid value: '" + type(item) + "'. Supported values are: "
                                + String.join(
                                        ", ", ITEMS.keySet().stream().sorted().toList()) + ".");
    }

    private static @Nullable String unknownItemField(Asked asked) {
        return each(asked, (item, path) -> {
            Set<String> known = ITEMS.getOrDefault(type(item), Set.of());
            String stranger = known.isEmpty() ? null : Walk.stranger(item, known);
            return stranger == null ? null : "Unknown parameter: '" + path + "." + stranger + "'.";
        });
    }

    private static boolean isMessage(JsonNode item) {
        return type(item).equals("message");
    }

    private static @Nullable String role(Asked asked) {
        return each(asked, (item, path) -> {
            String role = Walk.text(item, "role");
            return !isMessage(item)
                            || Set.of("user", "assistant", "system", "developer")
                                    .contains(role)
                    ? null
                    : "Invalid value: '" + role
                            + "'. Supported values are: 'assistant', 'system', 'developer', and 'user'.";
        });
    }

    private static @Nullable String contentType(Asked asked) {
        return each(asked, (item, path) -> {
            JsonNode content = item.path("content");
            if (!isMessage(item)) {
                return null;
            }
            if (!content.isTextual() && !content.isArray()) {
                return "Invalid type for '" + path + ".content': expected one of an array of objects or string.";
            }
            Set<String> known = Walk.text(item, "role").equals("assistant") ? SAID_PARTS : ASKED_PARTS;
            return Walk.bracketed(
                    content,
                    path + ".content",
                    (part, at) -> known.contains(Walk.text(part, "type"))
                            ? null
                            : "Invalid value: '" + Walk.text(part, "type") + "'. Supported values are: "
                                    + String.join(", ", known.stream().sorted().toList()) + ".");
        });
    }

    private static @Nullable String imageAddress(Asked asked) {
        return each(
                asked,
                (item, path) -> Walk.bracketed(
                        item.path("content"),
                        path,
                        (part, at) ->
                                part.has("image_url") ? ChatMessages.picture(Walk.text(part, "image_url")) : null));
    }

    private static @Nullable String itemId(Asked asked) {
        return each(asked, (item, path) -> {
            String prefix = ID_PREFIXES.get(type(item));
            String id = Walk.text(item, "id");
            return prefix == null || !item.hasNonNull("id") || id.startsWith(prefix)
                    ? null
                    : "Invalid '" + path + ".id': '" + id + "'. Expected an ID that begins with '" + prefix + "'.";
        });
    }

    /** Nothing is found again of what the API was told not to store. */
    private static @Nullable String reasoningSealed(Asked asked) {
        boolean stored = asked.at("store").asBoolean(true);
        return each(
                asked,
                (item, path) -> type(item).equals("reasoning") && !stored && !item.hasNonNull("encrypted_content")
                        ? "Item with id '" + Walk.text(item, "id")
                                + "' not found. Items are not persisted when `store` is set to false. Try again with"
                                + " `store` set to true, or remove this item from your input."
                        : null);
    }

    private static @Nullable String reasoningOwn(Asked asked) {
        return each(asked, (item, path) -> {
            String sealed = Walk.text(item, "encrypted_content");
            return !type(item).equals("reasoning")
                            || !item.hasNonNull("encrypted_content")
                            || Seal.OPENAI.issued(sealed)
                    ? null
                    : "The encrypted content " + shortened(sealed)
                            + " could not be verified. Reason: Encrypted content could not be decrypted or parsed.";
        });
    }

    private static String shortened(String sealed) {
        return sealed.length() <= 8 ? sealed : sealed.substring(0, 4) + "..." + sealed.substring(sealed.length() - 4);
    }

    private static @Nullable String reasoningFollowed(Asked asked) {
        JsonNode input = asked.at("input");
        for (int at = 0; input.isArray() && at < input.size(); at++) {
            if (type(input.get(at)).equals("reasoning") && !isOfModel(input.path(at + 1))) {
                return "Item '" + input.get(at).path("id").asText("rs_" + at)
                        + "' of type 'reasoning' was provided without its required following item.";
            }
        }
        return null;
    }

    private static boolean isOfModel(JsonNode item) {
        String type = type(item);
        return isMessage(item)
                ? Walk.text(item, "role").equals("assistant")
                : type.equals("reasoning") || type.endsWith("_call");
    }
}
