package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.rules.Action;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.avro.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges all that a request says, by the rules for prompts. Texts and JSON are masked; what a request names by a word
 * of its own (models, tools, calls, addresses) cannot be, so that a forbidden name refuses the request. For one
 * request.
 */
final class PromptScreen {

    private final SideText side;
    private final String version;
    private @Nullable Finding refusal;

    PromptScreen(RuleGates rules) {
        this.side = new SideText(rules);
        this.version = rules.ruleSet().version();
    }

    PromptJudgement judged(GenerationRequest request) {
        String provider = nameOr("", request.getProvider());
        String model = nameOr("", request.getModel());
        GenerationRequest.Builder masked = GenerationRequest.newBuilder(request)
                .setMessages(request.getMessages().stream().map(this::message).toList())
                .setIdempotencyKey(name(request.getIdempotencyKey()))
                .setContinues(name(request.getContinues()))
                .setRetryOf(name(request.getRetryOf()))
                .setFallbackProvider(name(request.getFallbackProvider()))
                .setFallbackModel(name(request.getFallbackModel()))
                .setSystem(text(request.getSystem()))
                .setStop(
                        request.getStop().stream().map(stop -> nameOr("", stop)).toList())
                .setTools(request.getTools().stream().map(this::tool).toList())
                .setToolChoice(name(request.getToolChoice()))
                .setResponseSchema(json(request.getResponseSchema()))
                .setExtra(json(request.getExtra()));
        List<Verdict> verdicts = new ArrayList<>();
        for (Finding finding : side.findings()) {
            if (finding.action().ends()) {
                refuse(finding);
            } else {
                verdicts.add(finding.verdict());
            }
        }
        Finding why = refusal;
        if (why != null) {
            GenerationRequest passed =
                    masked.setProvider(provider).setModel(model).build();
            return new PromptJudgement(silent(passed), List.of(), refused(why));
        }
        return new PromptJudgement(verdicts.isEmpty() ? request : masked.build(), verdicts, null);
    }

    private Message message(Message message) {
        boolean ofTheModel = message.getRole().equals("assistant");
        return Message.newBuilder(message)
                .setRole(nameOr("user", message.getRole()))
                .setParts(message.getParts().stream()
                        .map(part -> ofTheModel ? part : part(part))
                        .toList())
                .build();
    }

    /** What the model said itself was judged when it said it, and is signed in part. */
    private Part part(Part part) {
        boolean opaque = part.getType() == PartType.THINKING || part.getType() == PartType.REDACTED_THINKING;
        return Part.newBuilder(part)
                .setText(opaque ? part.getText() : text(part.getText()))
                .setMediaType(name(part.getMediaType()))
                .setUrl(name(part.getUrl()))
                .setToolCallId(name(part.getToolCallId()))
                .setToolName(name(part.getToolName()))
                .setArguments(json(part.getArguments()))
                .setProviderData(json(part.getProviderData()))
                .build();
    }

    private Tool tool(Tool tool) {
        String parameters = json(tool.getParameters());
        return Tool.newBuilder(tool)
                .setName(nameOr("", tool.getName()))
                .setDescription(text(tool.getDescription()))
                .setParameters(parameters == null ? "" : parameters)
                .build();
    }

    private @Nullable String text(@Nullable String text) {
        return side.plain(text, Channel.PROMPT);
    }

    private @Nullable String json(@Nullable String json) {
        String masked = side.json(json, Channel.PROMPT);
        // What is no JSON, or says by its strings together what a rule forbids, cannot be masked.
        if (json != null && masked == null) {
            refuse(new Finding(
                    "prompt-unreadable",
                    "configuration",
                    new Action.Block(),
                    version,
                    "a part of the request that must be JSON is none, or holds what a rule forbids"));
        }
        return masked;
    }

    /** A word that means something as it is; null if a rule objects to it. */
    private @Nullable String name(@Nullable String word) {
        int before = side.findings().size();
        String masked = side.plain(word, Channel.PROMPT);
        if (word == null || word.equals(masked)) {
            return word;
        }
        refuse(side.findings().get(before));
        return null;
    }

    private String nameOr(String other, String word) {
        String name = name(word);
        return name == null ? other : name;
    }

    private void refuse(Finding why) {
        refusal = refusal == null ? why : refusal;
    }

    private static Verdict refused(Finding why) {
        return Verdict.newBuilder(why.verdict())
                .setAction(new Action.Block().word())
                .build();
    }

    /** What is left of a request that is refused: nothing in it that may not be shown, kept or sent. */
    static GenerationRequest silent(GenerationRequest request) {
        return GenerationRequest.newBuilder()
                .setConversationId(request.getConversationId())
                .setResponseId(request.getResponseId())
                .setRequestedAt(request.getRequestedAt())
                .setProvider(request.getProvider())
                .setModel(request.getModel())
                .setMessages(List.of())
                .setJoinHistory(request.getJoinHistory())
                .setContinues(request.getContinues())
                .setRetryOf(request.getRetryOf())
                .setRuleSetVersion(request.getRuleSetVersion())
                .build();
    }
}
