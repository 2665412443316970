package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which texts and pictures a Messages request holds. */
final class AnthropicContent {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("anthropic.empty-message", AnthropicContent::emptyMessage),
            new VendorRule("anthropic.empty-text", AnthropicContent::emptyText),
            new VendorRule("anthropic.blank-text", AnthropicContent::blankText),
            new VendorRule("anthropic.trailing-space", AnthropicContent::trailingSpace),
            new VendorRule("anthropic.prefill", AnthropicContent::prefill),
            new VendorRule("anthropic.media-type", AnthropicContent::mediaType),
            new VendorRule("anthropic.image-data", AnthropicContent::imageData),
            new VendorRule("anthropic.image-url", AnthropicContent::imageUrl));

    private static final Set<String> PICTURES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

    private AnthropicContent() {}

    private static @Nullable String emptyMessage(Asked asked) {
        JsonNode messages = asked.at("messages");
        return Walk.dotted(messages, "messages", (message, path) -> {
            JsonNode content = message.path("content");
            boolean empty = content.isTextual() ? content.textValue().isEmpty() : content.isEmpty();
            boolean last = message == messages.get(messages.size() - 1);
            return empty && !(last && Walk.text(message, "role").equals("assistant"))
                    ? path + ": all messages must have non-empty content except for the optional final "
                            + "assistant message"
                    : null;
        });
    }

    private static @Nullable String emptyText(Asked asked) {
        return texts(asked, text -> !text.isEmpty(), "text content blocks must be non-empty");
    }

    private static @Nullable String blankText(Asked asked) {
        return texts(asked, text -> !text.isBlank(), "text content blocks must contain non-whitespace text");
    }

    @FunctionalInterface
    private interface Lawful {
        boolean text(String text);
    }

    /** Of messages, whether as blocks or plain, of what tools have said, and of the system prompt. */
    private static @Nullable String texts(Asked asked, Lawful lawful, String complaint) {
        String system = blocks(asked.at("system"), lawful, "system: " + complaint);
        return system != null
                ? system
                : Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
                    String said = blocks(message.path("content"), lawful, "messages: " + complaint);
                    return said != null
                            ? said
                            : Walk.dotted(
                                    message.path("content"),
                                    path,
                                    (block, at) ->
                                            block.path("content").isArray() && AnthropicBlocks.is(block, "tool_result")
                                                    ? blocks(block.path("content"), lawful, "messages: " + complaint)
                                                    : null);
                });
    }

    private static @Nullable String blocks(JsonNode content, Lawful lawful, String complaint) {
        if (content.isTextual()) {
            return content.textValue().isEmpty() || lawful.text(content.textValue()) ? null : complaint;
        }
        return Walk.dotted(
                content,
                "",
                (block, path) ->
                        AnthropicBlocks.is(block, "text") && !lawful.text(Walk.text(block, "text")) ? complaint : null);
    }

    private static @Nullable String trailingSpace(Asked asked) {
        JsonNode messages = asked.at("messages");
        JsonNode last = messages.path(messages.size() - 1);
        if (!Walk.text(last, "role").equals("assistant")) {
            return null;
        }
        JsonNode content = last.path("content");
        String text = content.isTextual() ? content.textValue() : Walk.text(content.path(content.size() - 1), "text");
        return text.equals(text.stripTrailing())
                ? null
                : "messages: final assistant content cannot end with trailing whitespace";
    }

    private static @Nullable String prefill(Asked asked) {
        JsonNode messages = asked.at("messages");
        JsonNode last = messages.path(messages.size() - 1);
        boolean prefilled = Walk.text(last, "role").equals("assistant") && !isPaused(last);
        boolean thinks = Set.of("enabled", "adaptive").contains(Walk.text(asked.at("thinking"), "type"));
        return prefilled && (thinks || ClaudeModel.named(asked.model()).withoutPrefill())
                ? "This model does not support assistant message prefill. The conversation must end with a "
                        + "user message."
                : null;
    }

    /** Whether a turn in which the server's own tools ran was paused, and is to go on. */
    private static boolean isPaused(JsonNode message) {
        for (JsonNode block : message.path("content")) {
            if (AnthropicBlocks.is(block, "server_tool_use") || AnthropicBlocks.is(block, "mcp_tool_use")) {
                return true;
            }
        }
        return false;
    }

    /** A picture of a message, or one that a tool has shown. */
    private static @Nullable String pictures(Asked asked, AnthropicBlocks.Visitor visitor) {
        return AnthropicBlocks.each(asked, (block, path, role) -> {
            if (AnthropicBlocks.is(block, "image")) {
                return visitor.at(block.path("source"), path + ".image.source", role);
            }
            return AnthropicBlocks.is(block, "tool_result")
                    ? Walk.dotted(
                            block.path("content"),
                            path + ".tool_result.content",
                            (part, at) -> AnthropicBlocks.is(part, "image")
                                    ? visitor.at(part.path("source"), at + ".image.source", role)
                                    : null)
                    : null;
        });
    }

    private static @Nullable String mediaType(Asked asked) {
        return pictures(
                asked,
                (source, path, role) ->
                        AnthropicBlocks.is(source, "base64") && !PICTURES.contains(Walk.text(source, "media_type"))
                                ? path + ".base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or"
                                        + " 'image/webp'"
                                : null);
    }

    private static @Nullable String imageData(Asked asked) {
        return pictures(
                asked,
                (source, path, role) ->
                        AnthropicBlocks.is(source, "base64") && !Walk.isBase64(Walk.text(source, "data"))
                                ? path + ".base64.data: Invalid base64 data"
                                : null);
    }

    private static @Nullable String imageUrl(Asked asked) {
        return pictures(asked, (source, path, role) -> {
            boolean other = !Set.of("base64", "file").contains(Walk.text(source, "type"));
            return other && !Walk.text(source, "url").startsWith("https://")
                    ? path + ".url.url: Only HTTPS URLs are supported."
                    : null;
        });
    }
}
