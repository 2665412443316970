package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which roles, texts and media a generateContent request holds. */
final class GeminiParts {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("gemini.role", GeminiParts::role),
            new VendorRule("gemini.empty-content", GeminiParts::emptyContent),
            new VendorRule("gemini.empty-part", GeminiParts::emptyPart),
            new VendorRule("gemini.empty-text", GeminiParts::emptyText),
            new VendorRule("gemini.media-type", GeminiParts::mediaType),
            new VendorRule("gemini.media-data", GeminiParts::mediaData),
            new VendorRule("gemini.file-address", GeminiParts::fileAddress),
            new VendorRule("gemini.sides", GeminiParts::sides));

    /** What a part can be. */
    private static final List<String> DATA = List.of(
            "text",
            "inlineData",
            "fileData",
            "functionCall",
            "functionResponse",
            "executableCode",
            "codeExecutionResult",
            "toolCall",
            "toolResponse");

    private static final Set<String> PICTURES =
            Set.of("image/png", "image/jpeg", "image/webp", "image/heic", "image/heif");

    private GeminiParts() {}

    /** The first complaint about a part of any content. */
    static @Nullable String each(Asked asked, Walk.Visitor visitor) {
        return Walk.bracketed(
                asked.at("contents"),
                "contents",
                (content, path) -> Walk.bracketed(content.path("parts"), path + ".parts", visitor));
    }

    private static @Nullable String role(Asked asked) {
        return Walk.bracketed(asked.at("contents"), "contents", (content, path) -> {
            // A single question needs no role.
            String role = content.path("role").asText("user");
            return Set.of("user", "model", "function").contains(role) ? null : "Please use a valid role: user, model.";
        });
    }

    private static @Nullable String emptyContent(Asked asked) {
        String system = asked.body().has("systemInstruction")
                ? emptyContent(asked.at("systemInstruction"), "system_instruction")
                : null;
        return system != null ? system : Walk.bracketed(asked.at("contents"), "contents", GeminiParts::emptyContent);
    }

    private static @Nullable String emptyContent(JsonNode content, String path) {
        return content.path("parts").isEmpty()
                ? "* GenerateContentRequest." + path + ".parts: contents.parts must not be empty."
                : null;
    }

    private static @Nullable String emptyPart(Asked asked) {
        return each(asked, (part, path) -> {
            long given = DATA.stream().filter(part::has).count();
            if (given > 1) {
                return "Invalid value at '" + path + "' (oneof), oneof field 'data' is already set.";
            }
            return given == 1
                    ? null
                    : "* GenerateContentRequest." + path
                            + ".data: required oneof field 'data' must have one initialized field";
        });
    }

    /** An empty text may carry a signature, nothing else. */
    private static @Nullable String emptyText(Asked asked) {
        return each(
                asked,
                (part, path) -> part.has("text") && Walk.text(part, "text").isEmpty() && !part.has("thoughtSignature")
                        ? "Unable to submit request because it has an empty text parameter. Add a value to "
                                + "the parameter and try again."
                        : null);
    }

    private static @Nullable String mediaType(Asked asked) {
        return each(asked, (part, path) -> {
            JsonNode media = part.path("inlineData");
            String type = Walk.text(media, "mimeType");
            boolean unknown = type.startsWith("image/") ? !PICTURES.contains(type) : !type.contains("/");
            return !media.isMissingNode() && unknown ? "Unsupported MIME type: " + type : null;
        });
    }

    private static @Nullable String mediaData(Asked asked) {
        return each(
                asked,
                (part, path) -> part.has("inlineData") && !Walk.isBase64(Walk.text(part.path("inlineData"), "data"))
                        ? "Invalid value at '" + path
                                + ".inline_data.data' (TYPE_BYTES), Base64 decoding failed for the value given"
                        : null);
    }

    private static @Nullable String fileAddress(Asked asked) {
        return each(asked, (part, path) -> {
            String address = Walk.text(part.path("fileData"), "fileUri");
            boolean fetched = address.startsWith("https://") || address.startsWith("gs://");
            return !part.has("fileData") || fetched ? null : "Invalid or unsupported file uri: " + scheme(address);
        });
    }

    private static String scheme(String address) {
        int colon = address.indexOf(':');
        return colon < 0 ? address : address.substring(0, colon + 1);
    }

    private static @Nullable String sides(Asked asked) {
        return Walk.bracketed(asked.at("contents"), "contents", (content, path) -> {
            boolean model = Walk.text(content, "role").equals("model");
            return Walk.bracketed(
                    content.path("parts"),
                    path,
                    (part, at) -> part.has(model ? "functionResponse" : "functionCall")
                            ? "Please ensure that function call turn comes from role model and function response turn"
                                    + " from role user."
                            : null);
        });
    }
}
