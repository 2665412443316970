package dev.tokentape.processor.fold;

import dev.tokentape.processor.history.PromptTurn;
import dev.tokentape.processor.history.ToolCalls;
import dev.tokentape.processor.metrics.ResponseMeter;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.Screened;
import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Micros;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response that has not ended: who works on it, and what readers have seen of it. Its state changes through the named
 * transitions of its {@link Lifecycle} alone. Not thread-safe.
 */
final class OpenResponse {

    final ResponseKey key;
    final IndexEntry entry;
    /** Turns that ended below this journal offset are its history. */
    final long historyBelow;
    /** Who works on it; what a run has said and was held goes with its attempt. */
    final Lifecycle life;

    private final Moderation moderation;
    private final ResponseAssembler assembler;
    private final ResponseMeter meter = new ResponseMeter();
    private final RecordRoom room = new RecordRoom();
    private final AnswerBlocks blocks;
    private @Nullable JudgedLine line;

    private GenerationRequest request;
    private PromptTurn prompt;
    private long promptCharacters;

    private long nextSequence;
    private long askedOffset = Envelope.NONE;
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
        this.life = new Lifecycle(key, state, this::dropHeld);
        this.moderation = moderation;
        this.blocks = new AnswerBlocks(moderation);
        this.prompt = PromptTurn.of(request);
        this.assembler = new ResponseAssembler(key.conversationId(), key.responseId());
        ask(request);
    }

    /** What it is asked; grows with the tool results that it waits for. */
    GenerationRequest request() {
        return request;
    }

    PromptTurn prompt() {
        return prompt;
    }

    RunState state() {
        return life.state();
    }

    int attempt() {
        return life.attempt();
    }

    /** Says what it is asked, whole. */
    void ask(GenerationRequest whole) {
        request = whole;
        prompt = PromptTurn.of(whole);
        room.prompt(whole, prompt);
        promptCharacters = WireSize.of(whole.getMessages());
        assembler.prompt(prompt.messages());
    }

    /** Some of the tool results that it waits for have come. */
    void collect(GenerationRequest whole, ToolTurn turn) {
        life.collect(turn);
        ask(whole);
    }

    @Nullable
    String owner() {
        return life.owner();
    }

    /** Whether anything of an answer has been shown to readers. */
    boolean shown() {
        return shown;
    }

    boolean mayTryAgain() {
        return life.attempt() < FoldLimits.MAX_ATTEMPTS && (!shown || request.getOnAttemptLost() == LostPolicy.RESTART);
    }

    /** Whether a rule may ask for another attempt at the answer. */
    boolean mayRefine(int most) {
        return life.mayRefine(most);
    }

    /** Tells the model what to do better in the next attempt. */
    void refine(String instruction) {
        life.refine();
        String system = request.getSystem();
        request = GenerationRequest.newBuilder(request)
                .setSystem(system == null || system.isEmpty() ? instruction : system + "\n\n" + instruction)
                .build();
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

    private void dropHeld() {
        blocks.drop();
        line().drop();
    }

    /** Characters that it holds in memory. */
    long characters() {
        return promptCharacters + assembler.characters() + blocks.characters() + (line == null ? 0 : line.characters());
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
                Micros.of(request.getRequestedAt()),
                time,
                Envelope.NONE,
                request.getProvider(),
                request.getModel());
    }

    /** The provider begins its answer, perhaps again: returns the event, with what readers should know. */
    TokenEvent.MessageStart messageStarted(TokenEvent.MessageStart start) {
        blocks.drop();
        room.restart();
        return life.begin(start, request);
    }

    /** What may be shown of an event that is no delta, beside the text that its block's gate judges. */
    Screened screened(TokenEvent event) {
        return blocks.screened(request, event);
    }

    /** A reason as it may be told, which whoever cancels may have written. */
    String judgedReason(String reason) {
        TokenEvent told = new TokenEvent.Cancelled(ownEnvelope(life.attempt(), Envelope.NONE), reason, "unknown", null);
        Screened screened = moderation.screened(request, told, BlockType.OTHER, null);
        return screened.event() instanceof TokenEvent.Cancelled shown ? shown.reason() : "";
    }

    /** Makes room for a new block; returns what may be shown before it. */
    List<Gated> blockStarted(TokenEvent.BlockStart start) {
        room.add(start);
        shown |= start.text() != null;
        return blocks.begin(request, start);
    }

    boolean hasTooManyBlocks() {
        return room.hasTooManyBlocks() || room.isTooSmallFor(line().bytes());
    }

    /**
     * Takes a delta of the model.
     *
     * @param full whether the partition holds more than it may already
     */
    TakenDelta take(TokenEvent.BlockDelta delta, long maxCharacters, boolean full) {
        Screened screened = blocks.screened(request, delta);
        boolean ends = screened.findings().stream()
                .anyMatch(finding -> finding.action().ends());
        return ends || !(screened.event() instanceof TokenEvent.BlockDelta left)
                ? TakenDelta.refused(screened.findings(), TakenDelta.Fit.FITS)
                : append(screened.findings(), left, maxCharacters, full);
    }

    /** Takes the text that a block begins with, which was judged with the block's start. */
    TakenDelta takeOpening(TokenEvent.BlockDelta opening, long maxCharacters, boolean full) {
        return append(List.of(), opening, maxCharacters, full);
    }

    private TakenDelta append(List<Finding> noted, TokenEvent.BlockDelta delta, long maxCharacters, boolean full) {
        long waiting = line().characters() + blocks.characters() + delta.text().length();
        if (assembler.characters() + waiting > maxCharacters
                || room.isTooSmallFor(line().bytes() + RecordRoom.cost(delta))) {
            return TakenDelta.refused(noted, TakenDelta.Fit.TOO_LONG);
        }
        return full
                ? TakenDelta.refused(noted, TakenDelta.Fit.NO_ROOM)
                : new TakenDelta(noted, TakenDelta.Fit.FITS, blocks.append(request, delta));
    }

    /** What may be shown when a block has stopped. */
    List<Gated> stopped(TokenEvent.BlockStop stop) {
        return blocks.stop(request, stop);
    }

    /** What is still held: nothing more comes from the model. */
    List<Gated> flushAll() {
        return blocks.end();
    }

    /** The event with its place on the tape; null where it waits in the {@link #line}. */
    @Nullable
    TokenEvent pass(TokenEvent event, long offset) {
        return line().passes(event, RecordRoom.cost(event)) ? onTape(event, offset) : null;
    }

    /**
     * Gives an event its place on the tape and notes it down.
     *
     * @param offset of the journal record that brings it there
     */
    TokenEvent onTape(TokenEvent event, long offset) {
        if (nextSequence == 0) {
            askedOffset = offset;
        }
        TokenEvent numbered = event.withEnvelope(event.envelope().withSequence(nextSequence++));
        if (numbered instanceof TokenEvent.BlockDelta delta && !delta.text().isEmpty()) {
            room.add(delta);
            shown = true;
        }
        assembler.accept(numbered);
        meter.accept(numbered);
        return numbered;
    }

    /** Journal offset of the record that put its question on the tape. */
    long askedOffset() {
        return askedOffset;
    }

    /** The whole answer, after its terminal event was put {@link #onTape}. */
    EndedResponse ended(long time) {
        Response.Builder builder = Response.newBuilder(assembler.toResponse())
                .setContinues(request.getContinues())
                .setRetryOf(request.getRetryOf())
                .setEndedAt(Micros.toInstant(time));
        Response whole = builder.build();
        if (!ToolCalls.wholeIn(whole).isEmpty()) {
            whole = builder.setRequest(GenerationRequest.newBuilder(request)
                            .setMessages(List.of())
                            .build())
                    .build();
        }
        return new EndedResponse(whole, meter.measure(whole, life.attempt()));
    }
}
