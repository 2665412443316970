package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.PromptTurn;
import dev.tokentape.processor.history.ToolCalls;
import dev.tokentape.processor.metrics.ResponseMeter;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.Screened;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.AttemptReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response that has not ended: who works on it, and what readers have seen of it. */
final class OpenResponse {

    /** Room in a whole answer's record for ids, error, usage, verdicts and the like. */
    private static final int RECORD_SLACK = 48 * 1024;

    final ResponseKey key;
    final IndexEntry entry;
    /** Turns that ended below this journal offset are its history. */
    final long historyBelow;
    /** What it is asked; grows with the tool results that it waits for. */
    GenerationRequest request;

    RunState state;
    int attempt = 1;
    /** The owner's next event has this number. */
    long nextRunSequence = 1;
    /** Journal offset of the owner's last sign of life; {@link Envelope#NONE} if it has no owner. */
    long lastSign = Envelope.NONE;
    /** How many of its {@link #characters} the fold has counted. */
    long counted;

    private final Moderation moderation;
    private PromptTurn prompt;
    private long promptCharacters;
    private long promptBytes;
    private final ResponseAssembler assembler;
    private final ResponseMeter meter = new ResponseMeter();
    private @Nullable JudgedLine line;
    /** Blocks of the attempt, by choice and number. */
    private final Map<Long, TokenEvent.BlockStart> started = new HashMap<>();
    /** Gates of blocks that are judged by themselves, as long as they run. */
    private final Map<Long, BlockGate> gates = new LinkedHashMap<>();
    /** The texts that several blocks make, by choice and kind. */
    private final Map<Long, JoinedText> texts = new LinkedHashMap<>();

    private @Nullable AttemptReason attemptReason;
    private @Nullable Verdict attemptVerdict;
    private boolean begun;
    private long nextSequence;
    private long answerBytes;
    private int blocks;
    private int refinements;
    private boolean shown;

    OpenResponse(
            ResponseKey key,
            GenerationRequest request,
            long historyBelow,
            IndexEntry entry,
            RunState state,
            Moderation moderation) {
        this.key = key;
        this.request = request;
        this.historyBelow = historyBelow;
        this.entry = entry;
        this.state = state;
        this.moderation = moderation;
        this.prompt = PromptTurn.of(request);
        this.assembler = new ResponseAssembler(key.conversationId(), key.responseId());
        ask(request);
    }

    /** Says what it is asked, whole. */
    void ask(GenerationRequest whole) {
        request = whole;
        prompt = PromptTurn.of(whole);
        promptBytes = promptBytes(whole, prompt);
        promptCharacters = WireSize.of(whole.getMessages());
        assembler.prompt(prompt.messages());
    }

    /** Whether its whole answer's record would hold this prompt. */
    boolean hasRoomFor(GenerationRequest whole) {
        return promptBytes(whole, PromptTurn.of(whole)) <= room();
    }

    /** Where what the rules have let through waits for a moderation service. */
    JudgedLine line() {
        JudgedLine its = line;
        if (its == null) {
            its = new JudgedLine(key, moderation.judge(request), request.getRuleSetVersion());
            line = its;
        }
        return its;
    }

    /** Whether an event of the answer may be shown now; else it waits in the {@link #line}. */
    boolean passes(TokenEvent event) {
        return line().passes(event, event instanceof TokenEvent.BlockDelta delta ? cost(delta) : 0);
    }

    PromptTurn prompt() {
        return prompt;
    }

    /** Characters that it holds in memory. */
    long characters() {
        return promptCharacters + assembler.characters() + waitingCharacters() + (line == null ? 0 : line.characters());
    }

    /** The run that owns the current attempt; null while it waits for one. */
    @Nullable
    String owner() {
        return switch (state) {
            case RunState.Awaiting _, RunState.Held _, RunState.Queued _, RunState.Judged _ -> null;
            case RunState.Running(String runId) -> runId;
            case RunState.Cancelling cancelling -> cancelling.runId();
        };
    }

    /** Whether an event comes from the owner of the current attempt. */
    boolean isOwnedBy(Envelope envelope) {
        String owner = owner();
        return owner != null && owner.equals(envelope.runId()) && envelope.attempt() == attempt;
    }

    /** Whether anything of an answer has been shown to readers. */
    boolean shown() {
        return shown;
    }

    boolean mayTryAgain() {
        return attempt < FoldLimits.MAX_ATTEMPTS && (!shown || request.getOnAttemptLost() == LostPolicy.RESTART);
    }

    /** Whether a rule may ask for another attempt at the answer. */
    boolean mayRefine(int most) {
        return refinements < most && attempt < FoldLimits.MAX_ATTEMPTS;
    }

    /** Tells the model what to do better in the next attempt. */
    void refine(String instruction) {
        refinements++;
        String system = request.getSystem();
        request = GenerationRequest.newBuilder(request)
                .setSystem(system == null || system.isEmpty() ? instruction : system + "\n\n" + instruction)
                .build();
    }

    /**
     * The next attempt waits for a producer; what its run had said and was held goes.
     *
     * @param verdict that wanted it; null if none did
     */
    void tryAgain(long deadline, AttemptReason reason, @Nullable Verdict verdict) {
        attempt++;
        attemptReason = reason;
        attemptVerdict = verdict;
        begun = false;
        state = new RunState.Queued(deadline);
        nextRunSequence = 1;
        lastSign = Envelope.NONE;
        dropHeld();
        line().drop();
    }

    void cancelling(String runId, String reason) {
        state = new RunState.Cancelling(runId, reason);
        dropHeld();
        line().drop();
    }

    /** An envelope for what the fold itself has to say. */
    Envelope ownEnvelope(int ofAttempt, long time) {
        return new Envelope(
                key.conversationId(),
                key.responseId(),
                ofAttempt,
                null,
                nextSequence,
                0,
                Envelope.NONE,
                micros(request.getRequestedAt()),
                time,
                Envelope.NONE,
                request.getProvider(),
                request.getModel());
    }

    /** The provider begins its answer, perhaps not for the first time: returns the event with what readers should know. */
    TokenEvent.MessageStart messageStarted(TokenEvent.MessageStart start) {
        dropHeld();
        answerBytes = 0;
        blocks = 0;
        AttemptReason reason = begun
                ? AttemptReason.PROVIDER_RESTARTED
                : attemptReason != null
                        ? attemptReason
                        : isOfFallback(start.envelope()) ? AttemptReason.FALLBACK : null;
        begun = true;
        return reason == null
                ? start
                : start.because(reason, reason == AttemptReason.REGENERATED ? attemptVerdict : null);
    }

    private boolean isOfFallback(Envelope envelope) {
        return request.getFallbackProvider() != null
                && envelope.provider() != null
                && !(envelope.provider().equals(request.getProvider())
                        && (envelope.model() == null || envelope.model().equals(request.getModel())));
    }

    private void dropHeld() {
        started.clear();
        gates.clear();
        texts.clear();
    }

    /** What may be shown of an event beside the text that its block's gate judges. */
    Screened screened(TokenEvent event) {
        TokenEvent.BlockStart block = switch (event) {
            case TokenEvent.BlockStart start -> start;
            case TokenEvent.BlockDelta delta -> started.get(key(delta));
            default -> null;
        };
        return moderation.screened(
                request,
                event,
                block == null ? BlockType.OTHER : block.type(),
                block == null ? null : block.mediaType());
    }

    /** A reason as it may be told, which whoever cancels may have written. */
    String judgedReason(String reason) {
        TokenEvent told = new TokenEvent.Cancelled(ownEnvelope(attempt, Envelope.NONE), reason, "unknown", null);
        Screened screened = moderation.screened(request, told, BlockType.OTHER, null);
        return screened.event() instanceof TokenEvent.Cancelled shown ? shown.reason() : "";
    }

    /** Makes room for a new block; returns what may be shown before it. */
    List<Gated> blockStarted(TokenEvent.BlockStart start) {
        blocks++;
        answerBytes += 2L * WireSize.FRAME
                + WireSize.of(start.text())
                + WireSize.of(start.providerData())
                + WireSize.of(start.toolCallId())
                + WireSize.of(start.toolName());
        shown |= start.text() != null;
        started.put(key(start), start);
        JoinedText text = text(start);
        if (text != null) {
            return text.begin(start.envelope().blockIndex());
        }
        gates.put(key(start), new BlockGate(moderation.holdBack(request, start)));
        return List.of();
    }

    /** What may be shown of a delta now, and of others with it. */
    List<Gated> gated(TokenEvent.BlockDelta delta) {
        TokenEvent.BlockStart known = started.get(key(delta));
        TokenEvent.BlockStart block = known == null ? unannounced(delta) : known;
        JoinedText text = text(block);
        if (text != null) {
            return text.append(delta);
        }
        return List.of(gates.computeIfAbsent(key(delta), _ -> new BlockGate(moderation.holdBack(request, block)))
                .append(delta));
    }

    /** What may be shown when a block has stopped: what was held of it and its stop, as far as no later block matters. */
    List<Gated> stopped(TokenEvent.BlockStop stop) {
        TokenEvent.BlockStart block = started.get(key(stop));
        JoinedText text = block == null ? null : text(block);
        if (text != null) {
            return text.stop(stop);
        }
        BlockGate gate = gates.remove(key(stop));
        List<Gated> shown = new ArrayList<>(gate == null ? List.of() : gate.flush());
        shown.add(Gated.whole(stop));
        return shown;
    }

    /** What is still held: nothing more comes from the model. */
    List<Gated> flushAll() {
        List<Gated> held = new ArrayList<>();
        texts.values().forEach(text -> held.addAll(text.end()));
        gates.values().forEach(gate -> held.addAll(gate.flush()));
        dropHeld();
        return held;
    }

    /** The text that a block is a part of; null if it stands for itself. */
    private @Nullable JoinedText text(TokenEvent.BlockStart block) {
        Long key = JoinedText.keyOf(block);
        return key == null
                ? null
                : texts.computeIfAbsent(key, _ -> new JoinedText(moderation.textHold(request, block)));
    }

    /** The block of a delta that none was announced for: readers may show it as text all the same. */
    private static TokenEvent.BlockStart unannounced(TokenEvent.BlockDelta delta) {
        BlockType type = switch (delta.type()) {
            case TEXT, THINKING, REFUSAL -> BlockType.TEXT;
            case SIGNATURE, INPUT_JSON, CITATION, DATA, LOGPROBS, OTHER -> BlockType.OTHER;
        };
        return new TokenEvent.BlockStart(delta.envelope(), type, null, null, null, null, null);
    }

    /** Characters that wait for their turn in a text. */
    private long waitingCharacters() {
        long waiting = 0;
        for (JoinedText text : texts.values()) {
            waiting += text.characters();
        }
        return waiting;
    }

    /** Whether a delta would take the answer over the limit on its characters, or on its record's size. */
    boolean wouldOverflow(TokenEvent.BlockDelta delta, long maxCharacters) {
        return assembler.characters()
                                + line().characters()
                                + waitingCharacters()
                                + delta.text().length()
                        > maxCharacters
                || promptBytes + answerBytes + line().bytes() + cost(delta) > room();
    }

    boolean hasTooManyBlocks() {
        return blocks > FoldLimits.MAX_BLOCKS || promptBytes + answerBytes + line().bytes() > room();
    }

    /** Gives an event its place on the tape and notes it down. */
    TokenEvent onTape(TokenEvent event) {
        TokenEvent numbered = event.withEnvelope(event.envelope().withSequence(nextSequence++));
        if (numbered instanceof TokenEvent.BlockDelta delta && !delta.text().isEmpty()) {
            answerBytes += cost(delta);
            shown = true;
        }
        assembler.accept(numbered);
        meter.accept(numbered);
        return numbered;
    }

    /** The whole answer, after its terminal event was put {@link #onTape}. */
    EndedResponse ended(long time) {
        Response.Builder builder = Response.newBuilder(assembler.toResponse())
                .setContinues(request.getContinues())
                .setRetryOf(request.getRetryOf())
                .setEndedAt(instant(time));
        Response whole = builder.build();
        if (!ToolCalls.wholeIn(whole).isEmpty()) {
            whole = builder.setRequest(GenerationRequest.newBuilder(request)
                            .setMessages(List.of())
                            .build())
                    .build();
        }
        return new EndedResponse(whole, meter.measure(whole, attempt));
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** The options are part of the record too, where it stops to use tools. */
    private static long promptBytes(GenerationRequest request, PromptTurn turn) {
        return WireSize.of(turn.messages()) + WireSize.ofOptions(request);
    }

    private static long room() {
        return RecordLimits.MAX_VALUE_BYTES - RECORD_SLACK;
    }

    /** Text of the answer stands twice in its record, in its block and joined; notes are entries of their own. */
    private static long cost(TokenEvent.BlockDelta delta) {
        long bytes = WireSize.of(delta.text());
        return switch (delta.type()) {
            case TEXT -> 2 * bytes;
            case CITATION, LOGPROBS -> bytes + 8;
            case THINKING, SIGNATURE, INPUT_JSON, REFUSAL, DATA, OTHER -> bytes;
        };
    }

    private static Long key(TokenEvent event) {
        return (long) event.envelope().choiceIndex() << 32 | event.envelope().blockIndex() & 0xffff_ffffL;
    }
}
