package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.Step;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.TokenCounts;
import java.util.HashMap;
import java.util.Map;

/**
 * A stream of Chat Completions chunks in one server's format. OpenAI's: role first, deltas, finish, usage if asked for,
 * {@code [DONE]}.
 */
final class OpenAiChatStream implements StreamEncoder {

    private static final byte[] NOTHING = {};
    private static final String NO_FINISH = "null";

    private final ChatFormat format;
    private final Map<String, String> answer;
    private final Template chunk;
    private final Template lastChunk;
    private final boolean usageAsked;
    private final boolean wholeTools;
    private final boolean repeatsText;
    private final String more;
    private final int inputTokens;
    private final Map<Integer, StringBuilder> said = new HashMap<>();
    private int outputTokens;
    private int thoughtTokens;
    private int firstToolBlock = -1;

    OpenAiChatStream(ChatFormat format, AnswerIdentity identity, SimulatedRequest request, int inputTokens) {
        this.format = format;
        this.inputTokens = inputTokens;
        this.usageAsked = request.streamUsage();
        this.wholeTools = format.text("tools").equals("whole");
        this.repeatsText = format.template("choice").has("said");
        this.more = format.text("more") + (usageAsked ? format.text("more.asked") : "");
        this.answer = format.names(identity, request);
        this.chunk = format.template("chunk").with(answer);
        this.lastChunk = format.template("chunk.finish", "chunk").with(answer);
    }

    @Override
    public byte[] encode(Step step) {
        return switch (step) {
            case Step.ChoiceStart start -> choiceStart(start);
            case Step.BlockStart start ->
                start.block() instanceof Block.ToolCall call && !wholeTools
                        ? delta(start.choice(), tool("tool.start", start.index(), call, ""))
                        : NOTHING;
            case Step.Token token -> token(token);
            case Step.BlockStop stop ->
                stop.block() instanceof Block.ToolCall call && wholeTools
                        ? delta(stop.choice(), tool("tool.whole", stop.index(), call, call.joined()))
                        : NOTHING;
            case Step.ChoiceEnd end ->
                chunk(
                        lastChunk,
                        choice(
                                "choice.finish",
                                end.choice(),
                                format.text("finish"),
                                WireJson.quoted(finishReason(end.stop()))),
                        moreOr("more.finish"));
            case Step.End end -> end(end);
        };
    }

    private byte[] choiceStart(Step.ChoiceStart start) {
        boolean refuses = start.content().blocks().stream().anyMatch(Block.Refusal.class::isInstance);
        boolean first = start.choice() == 0;
        String role = format.text(refuses && format.text("role").contains("refusal") ? "role.refusal" : "role");
        byte[] before = first && !format.text("before").isEmpty() ? event(format.text("before")) : NOTHING;
        return role.isEmpty()
                ? before
                : WireJson.joined(
                        before, chunk(chunk, choice("choice", start.choice(), role, NO_FINISH), moreOr("more.start")));
    }

    private byte[] token(Step.Token token) {
        outputTokens++;
        String text = WireJson.quoted(token.text());
        return switch (token.block()) {
            case Block.Text ignored -> said(token, "text", text);
            case Block.Refusal ignored -> said(token, "refusal", text);
            case Block.Thinking ignored -> {
                thoughtTokens++;
                yield delta(token.choice(), format.template("thinking").fill(Map.of("text", text)));
            }
            case Block.ToolCall call ->
                wholeTools
                        ? NOTHING
                        : delta(
                                token.choice(),
                                tool("tool.arguments", token.position().block(), call, token.text()));
        };
    }

    private byte[] said(Step.Token token, String kind, String text) {
        if (repeatsText) {
            said.computeIfAbsent(token.choice(), ignored -> new StringBuilder()).append(token.text());
        }
        String delta = format.template(kind).fill(Map.of("text", text));
        return chunk(chunk, choice("choice.text", token.choice(), delta, NO_FINISH), more);
    }

    private String tool(String template, int block, Block.ToolCall call, String arguments) {
        return format.template(template)
                .fill(Map.of(
                        "tool",
                        Integer.toString(toolIndex(block)),
                        "call",
                        call.id(),
                        "name",
                        WireJson.quoted(call.name()),
                        "text",
                        WireJson.quoted(arguments)));
    }

    /** Tool calls are numbered from 0 among themselves; they follow one another in a script. */
    private int toolIndex(int block) {
        if (firstToolBlock < 0) {
            firstToolBlock = block;
        }
        return block - firstToolBlock;
    }

    private byte[] delta(int choice, String delta) {
        return chunk(chunk, choice("choice", choice, delta, NO_FINISH), more);
    }

    private String choice(String template, int index, String delta, String finish) {
        return format.template(template, "choice")
                .fill(Map.of(
                        "index",
                        Integer.toString(index),
                        "delta",
                        delta,
                        "finish",
                        finish,
                        "said",
                        repeatsText
                                ? WireJson.quoted(said.getOrDefault(index, new StringBuilder())
                                        .toString())
                                : ""));
    }

    /** The members of this template if it has any, else those of every chunk. */
    private String moreOr(String template) {
        return format.text(template).isEmpty() ? more : filled(template);
    }

    private String filled(String template) {
        var values = new HashMap<>(answer);
        TokenCounts usage = new TokenCounts(inputTokens, outputTokens, thoughtTokens);
        values.putAll(ChatFormat.counts(usage));
        values.put("usage", format.usage(usage));
        return format.template(template).fill(values);
    }

    private byte[] chunk(Template template, String choices, String members) {
        String usage =
                template.has("usage") ? format.usage(new TokenCounts(inputTokens, outputTokens, thoughtTokens)) : "";
        return event(template.fill(Map.of("choices", choices, "more", members, "usage", usage)));
    }

    private byte[] event(String json) {
        String eol = format.text("eol");
        return WireJson.utf8("data: " + json + eol + eol);
    }

    private byte[] end(Step.End end) {
        boolean told = switch (format.text("usage.chunk")) {
            case "always" -> true;
            case "asked" -> usageAsked;
            default -> false;
        };
        byte[] usage = told
                ? chunk(
                        chunk,
                        format.text("usage.choices"),
                        format.template("more.usage").fill(Map.of("usage", format.usage(end.usage()))))
                : NOTHING;
        return WireJson.joined(usage, WireJson.utf8(format.text("done")));
    }

    @Override
    public byte[] error() {
        var values = new HashMap<>(answer);
        values.put("message", WireJson.quoted("The server failed while it worked on the answer."));
        return WireJson.utf8(format.template("error").fill(values));
    }

    /** A chunk which breaks off inside a string. */
    @Override
    public byte[] malformed() {
        String eol = format.text("eol");
        return WireJson.utf8("data: {\"id\":\"" + answer.get("id")
                + "\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + eol + eol);
    }

    @Override
    public byte[] keepAlive() {
        return WireJson.utf8(format.text("comment"));
    }

    static String finishReason(StopReason stop) {
        return switch (stop) {
            case END_TURN, REFUSAL -> "stop";
            case MAX_TOKENS -> "length";
            case TOOL_USE -> "tool_calls";
            case CONTENT_FILTER -> "content_filter";
        };
    }
}
