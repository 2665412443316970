package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which roles, texts and media the messages of a Chat Completions request hold. */
final class ChatMessages {

    static final List<VendorRule> ALL = List.of(
            new VendorRule("chat.role", ChatMessages::role),
            new VendorRule("chat.content", ChatMessages::content),
            new VendorRule("chat.part-type", ChatMessages::partType),
            new VendorRule("chat.image-address", ChatMessages::imageAddress),
            new VendorRule("chat.audio-format", ChatMessages::audioFormat));

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");

    private static final Map<String, Set<String>> PARTS = Map.of(
            "system", Set.of("text"),
            "developer", Set.of("text"),
            "user", Set.of("text", "image_url", "input_audio", "file", "video_url"),
            "assistant", Set.of("text", "refusal", "thinking"),
            "tool", Set.of("text", "image_url"),
            "function", Set.of("text"));

    private static final Pattern DATA_URL = Pattern.compile("data:([^;,]*);base64,(.*)", Pattern.DOTALL);
    private static final Set<String> PICTURES = Set.of("image/png", "image/jpeg", "image/gif", "image/webp");

    private ChatMessages() {}

    private static @Nullable String role(Asked asked) {
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            String role = Walk.text(message, "role");
            return ROLES.contains(role)
                    ? null
                    : "Invalid value: '" + role + "'. Supported values are: 'system', 'assistant', 'user', 'function',"
                            + " 'tool', and 'developer'.";
        });
    }

    /** Only an assistant who calls tools need say nothing. */
    private static @Nullable String content(Asked asked) {
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            JsonNode content = message.path("content");
            if (content.isMissingNode() || content.isNull()) {
                boolean silent = Walk.text(message, "role").equals("assistant")
                        && (message.has("tool_calls")
                                || message.has("function_call")
                                || message.has("refusal")
                                || message.has("audio"));
                return silent ? null : "Invalid value for 'content': expected a string, got null.";
            }
            if (!content.isTextual() && !content.isArray()) {
                return "Invalid type for '" + path + ".content': expected one of a string or array of objects.";
            }
            return content.isArray() && content.isEmpty()
                    ? "Invalid '" + path + ".content': empty array. Expected an array with minimum length 1, but got an"
                            + " empty array instead."
                    : null;
        });
    }

    private static @Nullable String parts(Asked asked, Walk.Visitor visitor) {
        return Walk.bracketed(
                asked.at("messages"),
                "messages",
                (message, path) -> Walk.bracketed(message.path("content"), path + ".content", visitor));
    }

    private static @Nullable String partType(Asked asked) {
        return Walk.bracketed(asked.at("messages"), "messages", (message, path) -> {
            Set<String> known = PARTS.getOrDefault(Walk.text(message, "role"), Set.of());
            return Walk.bracketed(message.path("content"), path + ".content", (part, at) -> {
                String type = Walk.text(part, "type");
                if (!known.contains(type)) {
                    return "Invalid value: '" + type + "'. Supported values are: "
                            + String.join(
                                    ", ",
                                    known.stream()
                                            .sorted()
                                            .map(name -> "'" + name + "'")
                                            .toList())
                            + ".";
                }
                boolean text = type.equals("text") || type.equals("refusal");
                return text && !part.path(type).isTextual()
                        ? "Missing required parameter: '" + at + "." + type + "'."
                        : null;
            });
        });
    }

    private static @Nullable String imageAddress(Asked asked) {
        return parts(
                asked,
                (part, path) -> Walk.text(part, "type").equals("image_url")
                        ? picture(Walk.text(part.path("image_url"), "url"))
                        : null);
    }

    /** What is wrong with the address of a picture. */
    static @Nullable String picture(String address) {
        if (address.startsWith("https://") || address.startsWith("http://")) {
            return null;
        }
        Matcher data = DATA_URL.matcher(address);
        if (!data.matches()) {
            return "Invalid image data. Expected a base64-encoded data URL with an image MIME type, or an http(s) URL.";
        }
        if (!PICTURES.contains(data.group(1))) {
            return "You uploaded an unsupported image. Please make sure your image is of one of the following formats:"
                    + " ['png', 'jpeg', 'gif', 'webp'].";
        }
        return Walk.isBase64(data.group(2)) ? null : "Invalid base64 image_url.";
    }

    private static @Nullable String audioFormat(Asked asked) {
        return parts(asked, (part, path) -> {
            JsonNode audio = part.path("input_audio");
            if (!Walk.text(part, "type").equals("input_audio")) {
                return null;
            }
            String format = Walk.text(audio, "format");
            if (!format.equals("wav") && !format.equals("mp3")) {
                return "Invalid value: '" + format + "'. Supported values are: 'wav' and 'mp3'.";
            }
            return Walk.isBase64(Walk.text(audio, "data"))
                    ? null
                    : "Invalid '" + path + ".input_audio.data': the value is not valid base64.";
        });
    }
}
