package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which fields, roles, texts and pictures a Converse request holds. */
final class BedrockMessages {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("bedrock.unknown-field", BedrockMessages::unknownField),
            new VendorRule("bedrock.role", BedrockMessages::role),
            new VendorRule("bedrock.first-user", BedrockMessages::firstUser),
            new VendorRule("bedrock.alternation", BedrockMessages::alternation),
            new VendorRule("bedrock.empty-message", BedrockMessages::emptyMessage),
            new VendorRule("bedrock.one-kind-a-block", BedrockMessages::oneKind),
            new VendorRule("bedrock.blank-text", BedrockMessages::blankText),
            new VendorRule("bedrock.blank-system", BedrockMessages::blankSystem),
            new VendorRule("bedrock.prefill", BedrockMessages::prefill),
            new VendorRule("bedrock.image-format", BedrockMessages::imageFormat),
            new VendorRule("bedrock.image-source", BedrockMessages::imageSource),
            new VendorRule("bedrock.inference-range", BedrockMessages::inferenceRange),
            new VendorRule("bedrock.sampling", BedrockMessages::sampling),
            new VendorRule("bedrock.stop-sequences", BedrockMessages::stopSequences));

    private static final Set<String> BODY = Set.of(
            "messages",
            "system",
            "inferenceConfig",
            "toolConfig",
            "guardrailConfig",
            "additionalModelRequestFields",
            "additionalModelResponseFieldPaths",
            "promptVariables",
            "requestMetadata",
            "performanceConfig",
            "serviceTier",
            "outputConfig");

    private static final Set<String> BLOCK = Set.of(
            "text",
            "image",
            "document",
            "video",
            "audio",
            "toolUse",
            "toolResult",
            "guardContent",
            "cachePoint",
            "reasoningContent",
            "citationsContent",
            "searchResult");

    private static final Map<String, Set<String>> MEMBERS = Map.of(
            "image", Set.of("format", "source"),
            "toolUse", Set.of("toolUseId", "name", "input", "type"),
            "toolResult", Set.of("toolUseId", "content", "status", "type"),
            "reasoningContent", Set.of("reasoningText", "redactedContent"));

    private static final Set<String> INFERENCE = Set.of("maxTokens", "temperature", "topP", "stopSequences");
    private static final Set<String> PICTURES = Set.of("png", "jpeg", "gif", "webp");

    private BedrockMessages() {}

    private static @Nullable String unknownField(Asked asked) {
        String stranger = Walk.stranger(asked.body(), BODY);
        if (stranger != null) {
            return extraneous("#", stranger);
        }
        String inference = Walk.stranger(asked.at("inferenceConfig"), INFERENCE);
        if (inference != null) {
            return extraneous("#/inferenceConfig", inference);
        }
        String inMessage = Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            String unknown = Walk.stranger(message, Set.of("role", "content"));
            return unknown == null ? null : extraneous("#/" + path.replace('.', '/'), unknown);
        });
        return inMessage != null
                ? inMessage
                : BedrockBlocks.each(asked, (block, path, role) -> {
                    String unknown = Walk.stranger(block, BLOCK);
                    if (unknown != null) {
                        return extraneous("#/" + path.replace('.', '/'), unknown);
                    }
                    for (var kind : MEMBERS.entrySet()) {
                        String inside = Walk.stranger(block.path(kind.getKey()), kind.getValue());
                        if (inside != null) {
                            return extraneous("#/" + path.replace('.', '/') + "/" + kind.getKey(), inside);
                        }
                    }
                    return null;
                });
    }

    private static String extraneous(String path, String key) {
        return "Malformed input request: " + path + ": extraneous key [" + key
                + "] is not permitted, please reformat your input and try again.";
    }

    private static @Nullable String role(Asked asked) {
        return Walk.dotted(asked.at("messages"), "messages", (message, path) -> {
            String role = Walk.text(message, "role");
            return role.equals("user") || role.equals("assistant")
                    ? null
                    : BedrockBlocks.constraint(
                            role, path + ".role", "Member must satisfy enum value set: [user, assistant]");
        });
    }

    private static @Nullable String firstUser(Asked asked) {
        return Walk.text(asked.at("messages").path(0), "role").equals("user")
                ? null
                : "A conversation must start with a user message. Try again with a conversation that starts with a user"
                        + " message.";
    }

    private static @Nullable String alternation(Asked asked) {
        JsonNode messages = asked.at("messages");
        for (int at = 1; at < messages.size(); at++) {
            if (Walk.text(messages.get(at), "role").equals(Walk.text(messages.get(at - 1), "role"))) {
                return "A conversation must alternate between user and assistant roles. Make sure the conversation"
                        + " alternates between user and assistant roles and try again.";
            }
        }
        return null;
    }

    private static @Nullable String emptyMessage(Asked asked) {
        return Walk.dotted(
                asked.at("messages"),
                "messages",
                (message, path) -> message.path("content").isArray()
                                && !message.path("content").isEmpty()
                        ? null
                        : "The content field in the Message object at " + path
                                + " is empty. Add a ContentBlock object to the content field and try again.");
    }

    private static @Nullable String oneKind(Asked asked) {
        return BedrockBlocks.each(
                asked,
                (block, path, role) -> block.isObject() && block.size() == 1
                        ? null
                        : "The ContentBlock object at " + path
                                + " must set one of the following keys: text, image, document, video, toolUse,"
                                + " toolResult, guardContent, cachePoint, reasoningContent. Set one of them and try"
                                + " again.");
    }

    private static @Nullable String blankText(Asked asked) {
        return BedrockBlocks.each(asked, (block, path, role) -> {
            String blank = blank(block, "ContentBlock", path);
            return blank != null
                    ? blank
                    : Walk.dotted(
                            block.path("toolResult").path("content"),
                            path + ".toolResult.content",
                            (part, at) -> blank(part, "ToolResultContentBlock", at));
        });
    }

    private static @Nullable String blankSystem(Asked asked) {
        return Walk.dotted(asked.at("system"), "system", (block, path) -> blank(block, "SystemContentBlock", path));
    }

    private static @Nullable String blank(JsonNode block, String kind, String path) {
        return block.has("text") && Walk.text(block, "text").isBlank()
                ? "The text field in the " + kind + " object at " + path
                        + " is blank. Add text to the text field, and try again."
                : null;
    }

    private static @Nullable String prefill(Asked asked) {
        JsonNode messages = asked.at("messages");
        boolean prefilled =
                Walk.text(messages.path(messages.size() - 1), "role").equals("assistant");
        return prefilled && ClaudeModel.named(asked.model()).withoutPrefill()
                ? BedrockBlocks.fromModel("This model does not support assistant message prefill. The conversation must"
                        + " end with a user message.")
                : null;
    }

    /** A picture of a message, or one that a tool has shown. */
    private static @Nullable String pictures(Asked asked, Walk.Visitor visitor) {
        return BedrockBlocks.each(asked, (block, path, role) -> {
            if (block.has("image")) {
                return visitor.at(block.path("image"), path + ".image");
            }
            return Walk.dotted(
                    block.path("toolResult").path("content"),
                    path + ".toolResult.content",
                    (part, at) -> part.has("image") ? visitor.at(part.path("image"), at + ".image") : null);
        });
    }

    private static @Nullable String imageFormat(Asked asked) {
        return pictures(
                asked,
                (image, path) -> PICTURES.contains(Walk.text(image, "format"))
                        ? null
                        : BedrockBlocks.constraint(
                                Walk.text(image, "format"),
                                path + ".format",
                                "Member must satisfy enum value set: [gif, jpeg, png, webp]"));
    }

    private static @Nullable String imageSource(Asked asked) {
        return pictures(asked, (image, path) -> {
            JsonNode source = image.path("source");
            boolean stored = Walk.text(source.path("s3Location"), "uri").startsWith("s3://");
            return stored || Walk.isBase64(Walk.text(source, "bytes"))
                    ? null
                    : "The image source at " + path + ".source.bytes is not valid base64. Provide the bytes of an image"
                            + " or its place in S3, and try again.";
        });
    }

    private static @Nullable String inferenceRange(Asked asked) {
        JsonNode config = asked.at("inferenceConfig");
        if (config.has("maxTokens") && config.path("maxTokens").asInt() < 1) {
            return BedrockBlocks.constraint(
                    Walk.text(config, "maxTokens"),
                    "inferenceConfig.maxTokens",
                    "Member must have value greater than or equal to 1");
        }
        for (String parameter : List.of("temperature", "topP")) {
            double value = config.path(parameter).asDouble();
            if (value < 0 || value > 1) {
                return BedrockBlocks.constraint(
                        Walk.text(config, parameter),
                        "inferenceConfig." + parameter,
                        "Member must have value between 0 and 1");
            }
        }
        return null;
    }

    private static @Nullable String sampling(Asked asked) {
        JsonNode config = asked.at("inferenceConfig");
        ClaudeModel model = ClaudeModel.named(asked.model());
        boolean temperature = config.has("temperature");
        boolean topP = config.has("topP");
        if (model.withoutSampling() && (temperature || topP)) {
            return BedrockBlocks.fromModel(
                    "`" + (temperature ? "temperature" : "top_p") + "` is deprecated for this model.");
        }
        return model.oneSamplingParameter() && temperature && topP
                ? BedrockBlocks.fromModel(
                        "`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
                : null;
    }

    private static @Nullable String stopSequences(Asked asked) {
        return Walk.dotted(
                asked.at("inferenceConfig").path("stopSequences"),
                "inferenceConfig.stopSequences",
                (stop, path) -> stop.asText("").isBlank()
                        ? BedrockBlocks.fromModel("stop_sequences: each stop sequence must contain non-whitespace")
                        : null);
    }
}
