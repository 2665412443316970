package dev.tokentape.simulator.script;

import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.Fault;
import dev.tokentape.simulator.settings.StopSetting;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is said. A pure function of the request: the same prompt, settings and seed give the same script, so a
 * test can compute the answer which it is about to receive.
 */
public final class ScriptWriter {

    private static final List<String> REFUSAL = Pieces.of("I'm sorry, but I can't help with that request.");

    private static final String DICTATION = "say:";

    private ScriptWriter() {}

    /** The answer to {@code request}. */
    public static Script scriptFor(SimulatedRequest request) {
        var choices = new ArrayList<Choice>();
        for (int index = 0; index < request.choices(); index++) {
            choices.add(choice(request, index));
        }
        return new Script(choices, request.inputTokens());
    }

    private static Choice choice(SimulatedRequest request, int index) {
        var random = new SplittableRandom(seed(request, index));
        CallSettings settings = request.settings();
        int length = settings.minTokens() + random.nextInt(settings.maxTokens() - settings.minTokens() + 1);
        var blocks = new ArrayList<Block>();
        int thinking = thinkingTokens(request, random);
        if (thinking > 0) {
            blocks.add(new Block.Thinking(Corpus.STOCK.compose(random, thinking)));
        }
        var calls = CalledTools.wantedBy(request);
        StopReason stop;
        if (settings.stop() == StopSetting.REFUSAL) {
            blocks.add(new Block.Refusal(REFUSAL));
            stop = StopReason.REFUSAL;
        } else if (!calls.isEmpty()) {
            blocks.add(new Block.Text(CalledTools.announcement(calls)));
            for (ToolOffer.Tool tool : calls) {
                blocks.add(CalledTools.call(tool, id(random), random));
            }
            stop = StopReason.TOOL_USE;
        } else {
            String dictated = dictated(request);
            blocks.add(new Block.Text(dictated == null ? Corpus.STOCK.compose(random, length) : Pieces.of(dictated)));
            stop = settings.stop() == StopSetting.CONTENT_FILTER ? StopReason.CONTENT_FILTER : StopReason.END_TURN;
        }
        var whole = new Choice(index == 0 ? oversized(blocks, settings.faults()) : blocks, stop);
        Integer limit = request.maxTokens();
        return limit == null || whole.tokens() <= limit ? whole : cut(whole, limit);
    }

    /** What the prompt tells to say word for word; null if it tells nothing. */
    private static @Nullable String dictated(SimulatedRequest request) {
        String prompt = request.lastUserText().strip();
        return prompt.regionMatches(true, 0, DICTATION, 0, DICTATION.length())
                ? prompt.substring(DICTATION.length()).strip()
                : null;
    }

    private static Choice cut(Choice whole, int limit) {
        var blocks = new ArrayList<Block>();
        int left = limit;
        for (Block block : whole.blocks()) {
            if (left == 0) {
                break;
            }
            int count = Math.min(left, block.pieces().size());
            blocks.add(block.first(count));
            left -= count;
        }
        return new Choice(blocks, StopReason.MAX_TOKENS);
    }

    /** Replaces tokens by large ones, in thinking and text only: tool arguments stay valid JSON. */
    private static List<Block> oversized(List<Block> blocks, List<Fault> faults) {
        List<Block> result = blocks;
        for (Fault fault : faults) {
            if (fault instanceof Fault.Oversize oversize) {
                result = oversized(result, oversize);
            }
        }
        return result;
    }

    private static List<Block> oversized(List<Block> blocks, Fault.Oversize oversize) {
        var result = new ArrayList<Block>();
        int before = 0;
        for (Block block : blocks) {
            int at = oversize.afterTokens() - before;
            before += block.pieces().size();
            if (at < 0 || at >= block.pieces().size()) {
                result.add(block);
                continue;
            }
            var pieces = new ArrayList<>(block.pieces());
            pieces.set(at, "x".repeat(oversize.bytes()));
            result.add(
                    switch (block) {
                        case Block.Text text -> new Block.Text(pieces);
                        case Block.Thinking ignored -> new Block.Thinking(pieces);
                        case Block.Refusal refusal -> new Block.Refusal(pieces);
                        case Block.ToolCall call -> call;
                    });
        }
        return result;
    }

    private static int thinkingTokens(SimulatedRequest request, RandomGenerator random) {
        if (request.settings().thinkTokens() > 0) {
            return request.settings().thinkTokens();
        }
        return request.thinkingBudget() > 0 ? Math.min(request.thinkingBudget(), 20 + random.nextInt(40)) : 0;
    }

    private static long seed(SimulatedRequest request, int choice) {
        // FNV-1a: String.hashCode would give many prompts the same answer.
        long hash = 0xcbf29ce484222325L;
        String text = request.lastUserText();
        for (int at = 0; at < text.length(); at++) {
            hash = (hash ^ text.charAt(at)) * 0x100000001b3L;
        }
        hash = (hash ^ (request.endsWithToolResults() ? 1 : 0)) * 0x100000001b3L;
        hash = (hash ^ choice) * 0x100000001b3L;
        return hash ^ request.settings().seed() * 0x9e3779b97f4a7c15L;
    }

    private static String id(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextInt());
    }
}
