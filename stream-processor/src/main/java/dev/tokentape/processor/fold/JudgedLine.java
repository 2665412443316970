package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.JudgePolicy;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last stretch of an answer's way to its readers: where a moderation service judges it, text waits here for
 * verdicts, and whatever comes behind it waits in line, so that the order stays.
 *
 * <p>Text is cut into {@link Stretch stretches}; each becomes a {@link ModerationQuestion} when it is long or old
 * enough or its block is over, and no more than {@link #MAX_ASKED} questions are open; while they are, stretches grow.
 * With a policy that only audits nothing waits, but the same is asked. Not thread-safe.
 */
final class JudgedLine {

    /** Questions of one answer that may be open at once. */
    static final int MAX_ASKED = 4;

    private final @Nullable JudgePolicy policy;
    private final String ruleSetVersion;
    private final ResponseKey key;
    private final Map<Long, Block> blocks = new HashMap<>();
    /** Of every text that several blocks make, the block that it has come to. */
    private final Map<Long, Block> latest = new HashMap<>();

    private final List<Stretch> unasked = new ArrayList<>();
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    /** Asked about again by the next attempt where no verdict has come. */
    private final List<Stretch> prompts = new ArrayList<>();

    private final WaitingLine waiting = new WaitingLine();
    private long nextNumber;
    private long unjudgedCharacters;
    private boolean toldUnjudged;

    private record Asked(ModerationQuestion question, Stretch stretch) {}

    /** What is known of a block while it runs. */
    private static final class Block {
        private final boolean judged;
        /** Of the text that readers join its kind's blocks to; null where it stands for itself. */
        private final @Nullable Long joined;

        private @Nullable Stretch growing;
        private long length;
        private String tail = "";

        private Block(boolean judged, @Nullable Long joined) {
            this.judged = judged;
            this.joined = joined;
        }

        /** The latest text, so many characters of it at most. */
        private String tail(int characters) {
            String latest = growing != null ? growing.asked() : tail;
            return latest.substring(Math.max(0, latest.length() - characters));
        }
    }

    JudgedLine(ResponseKey key, @Nullable JudgePolicy policy, @Nullable String ruleSetVersion) {
        this.key = key;
        this.policy = policy;
        this.ruleSetVersion = ruleSetVersion == null ? "" : ruleSetVersion;
    }

    @Nullable
    JudgePolicy policy() {
        return policy;
    }

    /** Whether readers, and producers, wait for a verdict on the prompt. */
    boolean gatesPrompts() {
        return judgesPrompts() && gates();
    }

    /**
     * Has the prompt judged, where the policy wants that; to be called before what readers see of it comes through
     * {@link #passes}. Further parts of it may follow.
     */
    void prompt(Envelope at, String text) {
        if (judgesPrompts() && !text.isBlank()) {
            Stretch prompt = Stretch.ofPrompt(at, text);
            prompts.add(prompt);
            unasked.add(prompt);
        }
    }

    /** What readers see of a prompt that is not to be shown: that there was one. */
    List<TokenEvent> withheld() {
        return waiting.withheld();
    }

    /**
     * Takes the next event.
     *
     * @param bytes that it takes in the answer's record
     * @return whether it may be shown at once; else it waits here
     */
    boolean passes(TokenEvent event, long bytes) {
        if (policy == null) {
            return true;
        }
        Stretch own = switch (event) {
            case TokenEvent.BlockStart start -> {
                boolean judged = policy.channels().contains(Channel.of(start.type()));
                blocks.put(blockKey(start), new Block(judged, JoinedText.keyOf(start)));
                yield null;
            }
            case TokenEvent.BlockDelta delta -> grown(delta);
            case TokenEvent.BlockStop stop -> {
                close(blocks.remove(blockKey(stop)));
                yield null;
            }
            case TokenEvent.UserMessage _ -> prompts.isEmpty() ? null : prompts.getLast();
            default -> null;
        };
        boolean gates = gates();
        if (waiting.isEmpty() && (own == null || !gates)) {
            return true;
        }
        waiting.add(event, gates ? own : null, bytes);
        return false;
    }

    /** The run has said its last word: whatever is left is to be asked about now. */
    void close() {
        blocks.values().forEach(this::close);
        blocks.clear();
    }

    /** New questions, as many as may be asked now. */
    List<ModerationQuestion> ask(int attempt) {
        JudgePolicy by = policy;
        if (by == null || unasked.isEmpty() || asked.size() >= MAX_ASKED) {
            return List.of();
        }
        List<ModerationQuestion> questions = new ArrayList<>();
        for (int i = 0; i < unasked.size() && asked.size() < MAX_ASKED; ) {
            Stretch stretch = unasked.get(i);
            if (!stretch.isDue()) {
                i++;
                continue;
            }
            unasked.remove(i);
            Block block = blocks.get(blockKey(stretch.choice, stretch.block));
            if (block != null && block.growing == stretch) {
                block.growing = null;
                String before = stretch.asked();
                block.tail = before.substring(Math.max(0, before.length() - by.context()));
            }
            ModerationQuestion question = new ModerationQuestion(
                    key,
                    attempt,
                    nextNumber++,
                    stretch.choice,
                    stretch.block,
                    stretch.from,
                    stretch.to(),
                    stretch.asked(),
                    by,
                    ruleSetVersion);
            asked.put(question.number(), new Asked(question, stretch));
            questions.add(question);
        }
        return questions;
    }

    /** Questions without a verdict. */
    List<ModerationQuestion> open() {
        return asked.values().stream().map(Asked::question).toList();
    }

    /** Whether a verdict on this question is waited for. */
    boolean awaits(long number) {
        return asked.containsKey(number);
    }

    /** The text of a question may be shown. */
    void settle(long number) {
        Asked answered = asked.remove(number);
        if (answered != null) {
            settle(answered.stretch);
        }
    }

    /** No verdict is waited for any more. */
    void settleAll() {
        List.copyOf(asked.keySet()).forEach(this::settle);
        unasked.forEach(this::settle);
        unasked.clear();
        blocks.values().forEach(block -> block.growing = null);
    }

    /** The next event whose turn has come; null if there is none. */
    @Nullable
    TokenEvent next() {
        return waiting.next();
    }

    /** Whether something waits to be shown. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Whether nothing waits, and no verdict is waited for. */
    boolean isClear() {
        return waiting.isEmpty() && asked.isEmpty() && unasked.isEmpty();
    }

    /** Whether more waits than may. */
    boolean isOverfull() {
        return policy != null && Math.max(waiting.characters(), unjudgedCharacters) > policy.maxHold();
    }

    /** Whether readers have not been told yet that something was not judged; true once. */
    boolean tellUnjudged() {
        boolean first = !toldUnjudged;
        toldUnjudged = true;
        return first;
    }

    /** Characters held in memory here. */
    long characters() {
        return waiting.characters() + unjudgedCharacters;
    }

    /** What the waiting will take in the answer's record. */
    long bytes() {
        return waiting.bytes();
    }

    /** Drops everything: it will not be shown. Only the prompt, where it is not judged, will be asked about again. */
    void drop() {
        blocks.clear();
        latest.clear();
        unasked.clear();
        asked.clear();
        waiting.clear();
        nextNumber = 0;
        unjudgedCharacters = 0;
        prompts.removeIf(Stretch::isSettled);
        unasked.addAll(prompts);
    }

    private boolean gates() {
        return policy != null && policy.mode() == JudgePolicy.Mode.GATE;
    }

    private boolean judgesPrompts() {
        return policy != null && policy.channels().contains(Channel.PROMPT);
    }

    private @Nullable Stretch grown(TokenEvent.BlockDelta delta) {
        JudgePolicy by = policy;
        boolean isText = switch (delta.type()) {
            case TEXT, THINKING, INPUT_JSON, REFUSAL -> true;
            case SIGNATURE, CITATION, DATA, LOGPROBS, OTHER -> false;
        };
        if (by == null || !isText || delta.text().isEmpty()) {
            return null;
        }
        // A block that nobody has announced is text, as for the rules.
        Block block = blocks.computeIfAbsent(
                blockKey(delta), _ -> new Block(by.channels().contains(Channel.TEXT), null));
        if (!block.judged) {
            return null;
        }
        if (block.length == 0 && block.joined != null) {
            // What a model begins in one block and ends in the next is asked about together.
            Block before = latest.put(block.joined, block);
            block.tail = before == null ? "" : before.tail(by.context());
        }
        if (block.growing == null) {
            block.growing = new Stretch(delta.envelope(), block.length, block.tail);
            unasked.add(block.growing);
        }
        block.growing.append(delta.envelope(), delta.text(), by.holdCharacters(), by.holdMillis());
        block.length += delta.text().length();
        unjudgedCharacters += delta.text().length();
        return block.growing;
    }

    private void settle(Stretch stretch) {
        stretch.settle();
        // A prompt is in memory anyway, and bounded by itself.
        unjudgedCharacters -= stretch.isOfPrompt() ? 0 : stretch.length();
    }

    private void close(@Nullable Block block) {
        if (block != null && block.growing != null) {
            block.growing.close();
        }
    }

    private static long blockKey(TokenEvent event) {
        Envelope at = event.envelope();
        return blockKey(at.choiceIndex(), at.blockIndex());
    }

    private static long blockKey(int choice, int block) {
        return (long) choice << 32 | block & 0xffff_ffffL;
    }
}
