package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which fields a generateContent request has; the API knows each by two spellings. */
final class GeminiFields {

    static final List<VendorRule> RULES = List.of(new VendorRule("gemini.unknown-field", GeminiFields::unknownField));

    private static final Set<String> BODY = Set.of(
            "model",
            "contents",
            "tools",
            "toolConfig",
            "safetySettings",
            "systemInstruction",
            "generationConfig",
            "cachedContent",
            "labels",
            "serviceTier",
            "store");

    private static final Set<String> CONTENT = Set.of("role", "parts");

    private static final Set<String> PART = Set.of(
            "text",
            "thought",
            "thoughtSignature",
            "inlineData",
            "fileData",
            "functionCall",
            "functionResponse",
            "executableCode",
            "codeExecutionResult",
            "toolCall",
            "toolResponse",
            "videoMetadata",
            "mediaResolution",
            "partMetadata");

    private static final Map<String, Set<String>> DATA = Map.of(
            "inlineData", Set.of("mimeType", "data", "displayName"),
            "fileData", Set.of("mimeType", "fileUri", "displayName"),
            "functionCall", Set.of("id", "name", "args"),
            "functionResponse", Set.of("id", "name", "response", "parts", "willContinue", "scheduling"));

    private static final Set<String> GENERATION = Set.of(
            "stopSequences",
            "responseMimeType",
            "responseSchema",
            "responseJsonSchema",
            "responseModalities",
            "candidateCount",
            "maxOutputTokens",
            "temperature",
            "topP",
            "topK",
            "seed",
            "presencePenalty",
            "frequencyPenalty",
            "responseLogprobs",
            "logprobs",
            "enableEnhancedCivicAnswers",
            "speechConfig",
            "thinkingConfig",
            "imageConfig",
            "mediaResolution",
            "audioTimestamp",
            "routingConfig");

    private static final Set<String> FUNCTION = Set.of(
            "name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior");

    private GeminiFields() {}

    private static @Nullable String unknownField(Asked asked) {
        String stranger = stranger(asked.body(), BODY, "");
        if (stranger != null) {
            return stranger;
        }
        String generation = stranger(asked.at("generationConfig"), GENERATION, "generation_config");
        if (generation != null) {
            return generation;
        }
        String system = content(asked.at("systemInstruction"), "system_instruction");
        if (system != null) {
            return system;
        }
        String inContents = Walk.bracketed(asked.at("contents"), "contents", GeminiFields::content);
        return inContents != null
                ? inContents
                : Walk.bracketed(
                        asked.at("tools"),
                        "tools",
                        (tool, path) -> Walk.bracketed(
                                tool.path("functionDeclarations"),
                                path + ".function_declarations",
                                (function, at) -> stranger(function, FUNCTION, at)));
    }

    private static @Nullable String content(JsonNode content, String path) {
        String stranger = stranger(content, CONTENT, path);
        return stranger != null
                ? stranger
                : Walk.bracketed(content.path("parts"), path + ".parts", (part, at) -> {
                    String unknown = stranger(part, PART, at);
                    if (unknown != null) {
                        return unknown;
                    }
                    for (var data : DATA.entrySet()) {
                        String inside =
                                stranger(part.path(data.getKey()), data.getValue(), at + "." + snake(data.getKey()));
                        if (inside != null) {
                            return inside;
                        }
                    }
                    return null;
                });
    }

    private static @Nullable String stranger(JsonNode object, Set<String> known, String path) {
        for (var member : object.properties()) {
            if (!known.contains(camel(member.getKey()))) {
                return "Invalid JSON payload received. Unknown name \"" + member.getKey() + "\""
                        + (path.isEmpty() ? "" : " at '" + path + "'") + ": Cannot find field.";
            }
        }
        return null;
    }

    private static String camel(String name) {
        var camel = new StringBuilder();
        for (int at = 0; at < name.length(); at++) {
            boolean joint = name.charAt(at) == '_' && at + 1 < name.length();
            camel.append(joint ? Character.toUpperCase(name.charAt(++at)) : name.charAt(at));
        }
        return camel.toString();
    }

    private static String snake(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
    }
}
