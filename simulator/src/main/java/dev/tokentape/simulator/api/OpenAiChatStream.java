package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.Step;

/** A stream of Chat Completions chunks: role first, deltas, finish, usage if asked for, {@code [DONE]}. */
final class OpenAiChatStream implements StreamEncoder {

    private static final byte[] NOTHING = {};
    private static final String NO_FINISH = "null";

    private final String head;
    private final String tail;
    private final boolean usage;

    OpenAiChatStream(AnswerIdentity identity, SimulatedRequest request) {
        this.head = "data: {\"id\":\"chatcmpl-" + identity.id() + "\",\"object\":\"chat.completion.chunk\",\"created\":"
                + identity.createdSeconds() + ",\"model\":" + Json.quoted(request.model())
                + ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\",\"choices\":[";
        this.usage = request.streamUsage();
        this.tail = usage ? "],\"usage\":null}\n\n" : "]}\n\n";
    }

    @Override
    public byte[] encode(Step step) {
        return switch (step) {
            case Step.ChoiceStart start -> chunk(start.choice(), role(start), NO_FINISH);
            case Step.BlockStart start -> blockStart(start);
            case Step.Token token -> chunk(token.choice(), delta(token), NO_FINISH);
            case Step.BlockStop stop -> NOTHING;
            case Step.ChoiceEnd end -> chunk(end.choice(), "{}", Json.quoted(OpenAiChat.finishReason(end.stop())));
            case Step.End end -> end(end);
        };
    }

    private static String role(Step.ChoiceStart start) {
        boolean refuses = start.content().blocks().stream().anyMatch(Block.Refusal.class::isInstance);
        return refuses
                ? "{\"role\":\"assistant\",\"content\":null,\"refusal\":\"\"}"
                : "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}";
    }

    private byte[] blockStart(Step.BlockStart start) {
        if (!(start.block() instanceof Block.ToolCall call)) {
            return NOTHING;
        }
        String delta = "{\"tool_calls\":[{\"index\":" + toolIndex(start.index()) + ",\"id\":\"call_" + call.id()
                + "\",\"type\":\"function\",\"function\":{\"name\":" + Json.quoted(call.name())
                + ",\"arguments\":\"\"}}]}";
        return chunk(start.choice(), delta, NO_FINISH);
    }

    private int firstToolBlock = -1;

    /** Tool calls are numbered from 0 among themselves; they follow one another in a script. */
    private int toolIndex(int block) {
        if (firstToolBlock < 0) {
            firstToolBlock = block;
        }
        return block - firstToolBlock;
    }

    private String delta(Step.Token token) {
        String text = Json.quoted(token.text());
        return switch (token.block()) {
            case Block.Text ignored -> "{\"content\":" + text + "}";
            case Block.Refusal ignored -> "{\"refusal\":" + text + "}";
            case Block.Thinking ignored -> "{\"reasoning_content\":" + text + "}";
            case Block.ToolCall ignored ->
                "{\"tool_calls\":[{\"index\":" + toolIndex(token.position().block()) + ",\"function\":{\"arguments\":"
                        + text + "}}]}";
        };
    }

    private byte[] chunk(int choice, String delta, String finish) {
        return Json.utf8(head + "{\"index\":" + choice + ",\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":"
                + finish + "}" + tail);
    }

    private byte[] end(Step.End end) {
        String last = usage ? head + "],\"usage\":" + OpenAiChat.usage(end.usage()) + "}\n\n" : "";
        return Json.utf8(last + "data: [DONE]\n\n");
    }

    @Override
    public byte[] error() {
        return Json.utf8("data: "
                + OpenAiChat.error("The server failed while it worked on the answer.", "server_error", null)
                + "\n\n");
    }

    @Override
    public byte[] malformed() {
        return Json.utf8(head + "{\"index\":0,\"delta\":{\"content\":\"\n\n");
    }
}
