package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How function calls, their responses and signatures of thoughts fit together. */
final class GeminiCalls {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("gemini.call-after-user", GeminiCalls::callAfterUser),
            new VendorRule("gemini.responses-follow-calls", GeminiCalls::responsesFollowCalls),
            new VendorRule("gemini.call-arguments", GeminiCalls::arguments),
            new VendorRule("gemini.response-names-function", GeminiCalls::names),
            new VendorRule("gemini.signature-base64", GeminiCalls::signatureBase64),
            new VendorRule("gemini.signature-own", GeminiCalls::signatureOwn),
            new VendorRule("gemini.signature-of-first-call", GeminiCalls::signatureOfFirstCall));

    /** What Google documents for calls that no model of its own has made. */
    private static final Set<String> PLACEHOLDERS =
            Set.of("skip_thought_signature_validator", "context_engineering_is_the_way_to_go");

    /** Models which want a signature on the calls of the turn that goes on. */
    private static final Pattern SIGNING = Pattern.compile("gemini-(?:[3-9]|[1-9]\\d)(?!.*image)");

    private GeminiCalls() {}

    /** Whether a model wants signatures. */
    static boolean signs(String model) {
        return SIGNING.matcher(model).find();
    }

    private static int count(JsonNode content, String kind) {
        int count = 0;
        for (JsonNode part : content.path("parts")) {
            if (part.has(kind)) {
                count++;
            }
        }
        return count;
    }

    private static boolean isModel(JsonNode content) {
        return Walk.text(content, "role").equals("model");
    }

    private static @Nullable String callAfterUser(Asked asked) {
        JsonNode contents = asked.at("contents");
        for (int at = 0; at < contents.size(); at++) {
            boolean calls = isModel(contents.get(at)) && count(contents.get(at), "functionCall") > 0;
            if (calls && (at == 0 || isModel(contents.get(at - 1)))) {
                return "Please ensure that function call turn comes immediately after a user turn or after a function"
                        + " response turn.";
            }
        }
        return null;
    }

    private static @Nullable String responsesFollowCalls(Asked asked) {
        JsonNode contents = asked.at("contents");
        for (int at = 0; at <= contents.size(); at++) {
            int calls = count(contents.path(at - 1), "functionCall");
            int responses = count(contents.path(at), "functionResponse");
            if (responses > 0 && calls == 0) {
                return "Please ensure that function response turn comes immediately after a function call turn.";
            }
            if (responses != calls) {
                return "Please ensure that the number of function response parts is equal to the number of function"
                        + " call parts of the function call turn.";
            }
        }
        return null;
    }

    private static @Nullable String arguments(Asked asked) {
        return GeminiParts.each(asked, (part, path) -> {
            for (String kind : List.of("functionCall", "functionResponse")) {
                String member = kind.equals("functionCall") ? "args" : "response";
                JsonNode value = part.path(kind).path(member);
                if (!value.isMissingNode() && !value.isObject()) {
                    return "Invalid value at '" + path + "."
                            + (kind.equals("functionCall") ? "function_call" : "function_response") + "." + member
                            + "' (type.googleapis.com/google.protobuf.Struct)";
                }
            }
            return null;
        });
    }

    private static @Nullable String names(Asked asked) {
        return GeminiParts.each(asked, (part, path) -> {
            for (String kind : List.of("functionCall", "functionResponse")) {
                if (part.has(kind) && Walk.text(part.path(kind), "name").isEmpty()) {
                    return "* GenerateContentRequest." + path + "."
                            + (kind.equals("functionCall") ? "function_call" : "function_response")
                            + ".name: Name cannot be empty.";
                }
            }
            return null;
        });
    }

    private static @Nullable String signatureBase64(Asked asked) {
        return GeminiParts.each(
                asked,
                (part, path) -> part.has("thoughtSignature")
                                && !Walk.isBase64(Walk.text(part, "thoughtSignature")
                                        .replace('-', '+')
                                        .replace('_', '/'))
                        ? "Invalid value at '" + path
                                + ".thought_signature' (TYPE_BYTES), Base64 decoding failed for the value given"
                        : null);
    }

    private static @Nullable String signatureOwn(Asked asked) {
        return GeminiParts.each(asked, (part, path) -> {
            String signature = Walk.text(part, "thoughtSignature");
            return signature.isEmpty() || PLACEHOLDERS.contains(signature) || Seal.GEMINI.issued(signature)
                    ? null
                    : "Corrupted thought signature.";
        });
    }

    /** In the turn that goes on, which is all since the user last said something other than responses. */
    private static @Nullable String signatureOfFirstCall(Asked asked) {
        if (!signs(asked.model())) {
            return null;
        }
        JsonNode contents = asked.at("contents");
        for (int at = turn(contents); at < contents.size(); at++) {
            for (JsonNode part : contents.get(at).path("parts")) {
                if (part.has("functionCall")) {
                    if (!part.has("thoughtSignature")) {
                        return "Function call is missing a thought_signature in functionCall parts. This is "
                                + "required for tools to work correctly, and missing thought_signature may lead to "
                                + "degraded model performance. Additional data, function call `default_api:"
                                + Walk.text(part.path("functionCall"), "name") + "`, position " + (at + 1)
                                + ". Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more"
                                + " details.";
                    }
                    break;
                }
            }
        }
        return null;
    }

    private static int turn(JsonNode contents) {
        for (int at = contents.size() - 1; at >= 0; at--) {
            JsonNode content = contents.get(at);
            boolean said = content.path("parts").size() > count(content, "functionResponse");
            if (!isModel(content) && said) {
                return at;
            }
        }
        return 0;
    }
}
