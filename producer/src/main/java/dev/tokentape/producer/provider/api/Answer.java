package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One answer being written down: numbers its blocks, cuts long deltas, enforces the {@link Limits}, and lets through
 * exactly one terminal event. After that everything is ignored.
 *
 * <p>Not thread-safe. What exceeds a limit throws; {@link JsonReducer} turns that into the failed answer.
 */
public final class Answer {

    private static final int MESSAGE_CHARACTERS = 4_000;

    private final RunStamp stamp;
    private final Limits limits;
    private final Consumer<TokenEvent> out;
    private final Map<Integer, Integer> nextBlock = new HashMap<>();
    /** Open blocks in which half a character waits. */
    private final Set<OpenBlock> halved = new LinkedHashSet<>();

    private int blocks;
    private long characters;
    private boolean started;
    private boolean ended;
    private @Nullable Usage usage;

    public Answer(RunStamp stamp, Limits limits, Consumer<TokenEvent> out) {
        this.stamp = stamp;
        this.limits = limits;
        this.out = out;
    }

    public boolean started() {
        return started;
    }

    /** Whether the terminal event has been written. */
    public boolean ended() {
        return ended;
    }

    public Limits limits() {
        return limits;
    }

    /** Begins the answer; a second beginning is ignored. */
    public void start(
            String role, @Nullable String upstreamId, @Nullable String servedModel, @Nullable String providerData) {
        if (started || ended) {
            return;
        }
        started = true;
        out.accept(new TokenEvent.MessageStart(
                message(), name(role), bounded(upstreamId), bounded(servedModel), usageSoFar(), opaque(providerData)));
    }

    /** Begins the answer again: what it has said so far is void, though readers may have seen it. */
    public void startAgain(
            String role,
            @Nullable String upstreamId,
            @Nullable String servedModel,
            @Nullable String providerData,
            @Nullable Usage used) {
        // One more than its data: a stream of nothing but these must come to an end too.
        count(1 + lengthOf(providerData));
        nextBlock.clear();
        halved.clear();
        usage = used;
        started = false;
        start(role, upstreamId, servedModel, providerData);
    }

    /** Begins the choice's next block. Begins the answer too, if that has not been told. */
    public OpenBlock open(
            int choice,
            BlockType type,
            @Nullable String toolCallId,
            @Nullable String toolName,
            @Nullable String mediaType,
            @Nullable String text,
            @Nullable String providerData) {
        if (choice < 0 || choice >= limits.choices()) {
            throw new LimitExceededException(
                    "too_many_choices",
                    "The provider sent a choice beyond the %d allowed.".formatted(limits.choices()));
        }
        if (++blocks > limits.blocks()) {
            throw new LimitExceededException(
                    "too_many_blocks", "The provider sent more than %d content blocks.".formatted(limits.blocks()));
        }
        start("assistant", null, null, null);
        OpenBlock block = new OpenBlock(choice, nextBlock.merge(choice, 1, Integer::sum) - 1, type);
        String kept = SealedThinking.owned(type, stamp.provider(), providerData);
        if (!ended) {
            count(lengthOf(text) + lengthOf(kept) + lengthOf(toolCallId));
            out.accept(new TokenEvent.BlockStart(
                    stamp.envelope(choice, block.index),
                    type,
                    callId(toolCallId),
                    bounded(toolName),
                    bounded(mediaType),
                    opaque(text),
                    opaque(kept)));
        }
        return block;
    }

    /** Adds to a block; nothing where the text is empty. */
    public void delta(OpenBlock block, DeltaType type, String text) {
        if (ended || block.closed || text.isEmpty()) {
            return;
        }
        count(text.length());
        boolean whole = type == DeltaType.CITATION || type == DeltaType.LOGPROBS;
        if (whole) {
            emit(block, type, opaqueText(text));
            return;
        }
        String ready = block.halves.joined(type, text);
        if (block.halves.none()) {
            halved.remove(block);
        } else {
            halved.add(block);
        }
        pieces(block, type, ready);
    }

    private void pieces(OpenBlock block, DeltaType type, String text) {
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + RecordLimits.MAX_DELTA_CHARACTERS);
            if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
                to--;
            }
            emit(block, type, text.substring(from, to));
            from = to;
        }
    }

    /** Ends a block; a second end is ignored. */
    public void close(@Nullable OpenBlock block) {
        if (block != null && !block.closed && !ended) {
            endHalves(block);
            halved.remove(block);
            block.closed = true;
            out.accept(new TokenEvent.BlockStop(stamp.envelope(block.choice, block.index)));
        }
    }

    /** Counts text that is held back for now against the answer's bound. */
    public void count(int more) {
        characters += more;
        if (characters > limits.answerCharacters()) {
            throw new LimitExceededException(
                    "answer_too_long",
                    ("The provider sent more than %d characters for one answer. Raise its "
                                    + "max-answer-characters if such answers are meant.")
                            .formatted(limits.answerCharacters()));
        }
    }

    /** The usage as it stands; goes into the events that follow. */
    public void usage(Usage latest) {
        usage = latest;
    }

    /** Tells a choice's stop reason, or another model that goes on with the answer, before the end. */
    public void messageDelta(
            int choice,
            @Nullable StopReason reason,
            @Nullable String raw,
            @Nullable String stopSequence,
            @Nullable String servedModel,
            @Nullable String providerData) {
        if (!ended) {
            // One more than its data: a stream of nothing but these must come to an end too.
            count(1 + lengthOf(providerData));
            out.accept(new TokenEvent.MessageDelta(
                    stamp.envelope(choice, Envelope.NONE),
                    reason,
                    bounded(raw),
                    bounded(stopSequence),
                    usageSoFar(),
                    opaque(providerData),
                    bounded(servedModel)));
        }
    }

    /** Ends the answer well. */
    public void stop(
            StopReason reason, @Nullable String raw, @Nullable String stopSequence, @Nullable String providerData) {
        if (ended) {
            return;
        }
        start("assistant", null, null, null);
        endHalves();
        String data = opaque(providerData);
        String boundedRaw = bounded(raw);
        ended = true;
        out.accept(new TokenEvent.MessageStop(message(), reason, boundedRaw, bounded(stopSequence), usage, data));
    }

    /** Ends the answer by what the provider says went wrong, before or after its first output. */
    public void fail(UpstreamError error) {
        fail(progress(), error.code(), error.message(), null, error.retryable());
    }

    /** Ends the answer by a failure. The message is cut to a readable length. */
    public void fail(ErrorPhase phase, String code, String message, @Nullable Integer httpStatus, boolean retryable) {
        if (ended) {
            return;
        }
        endHalves();
        ended = true;
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(phase)
                .setCode(cut(code, 200))
                .setMessage(cut(message, MESSAGE_CHARACTERS))
                .setHttpStatus(httpStatus)
                .setRetryable(retryable)
                .build();
        out.accept(new TokenEvent.Failed(message(), error, usageSoFar()));
    }

    /** Ends the answer because somebody asked for it. */
    public void cancel(String reason, String billingStops) {
        if (!ended) {
            endHalves();
            ended = true;
            out.accept(new TokenEvent.Cancelled(message(), reason, billingStops, usageSoFar()));
        }
    }

    /** The phase of a failure that happens now: before or after the first block began. */
    public ErrorPhase progress() {
        return blocks == 0 ? ErrorPhase.BEFORE_OUTPUT : ErrorPhase.MID_STREAM;
    }

    /** Says the halves that have waited for the rest of their character, which does not come any more. */
    private void endHalves() {
        halved.forEach(this::endHalves);
        halved.clear();
    }

    private void endHalves(OpenBlock block) {
        block.halves.left().forEach(type -> emit(block, type, SurrogateHalves.REPLACEMENT));
    }

    private void emit(OpenBlock block, DeltaType type, String text) {
        out.accept(new TokenEvent.BlockDelta(stamp.envelope(block.choice, block.index), type, text, null));
    }

    private @Nullable Usage usageSoFar() {
        return usage == null ? null : Usage.newBuilder(usage).setComplete(false).build();
    }

    private Envelope message() {
        return stamp.envelope(0, Envelope.NONE);
    }

    private static int lengthOf(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static @Nullable String bounded(@Nullable String value) {
        return value == null ? null : name(value);
    }

    private static @Nullable String callId(@Nullable String value) {
        return value == null ? null : name(value, Limits.CALL_ID_CHARACTERS);
    }

    private static String name(String value) {
        return name(value, Limits.NAME_CHARACTERS);
    }

    private static String name(String value, int most) {
        if (value.length() > most) {
            throw new LimitExceededException(
                    "event_too_large", "The provider sent a name or id of more than %d characters.".formatted(most));
        }
        return SurrogateHalves.wellFormed(value);
    }

    private static @Nullable String opaque(@Nullable String value) {
        return value == null ? null : opaqueText(value);
    }

    private static String opaqueText(String value) {
        if (value.length() > Limits.OPAQUE_CHARACTERS) {
            throw new LimitExceededException(
                    "event_too_large",
                    "The provider sent a piece of more than %d characters that cannot be cut."
                            .formatted(Limits.OPAQUE_CHARACTERS));
        }
        return SurrogateHalves.wellFormed(value);
    }

    private static String cut(String text, int length) {
        return SurrogateHalves.wellFormed(text.length() <= length ? text : text.substring(0, length) + "…");
    }
}
