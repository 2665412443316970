package dev.tokentape.schemas.event;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.avro.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The answer as far as its events have told: feed it every event of one response in order, and read the whole from it
 * at any time.
 *
 * <p>Blocks may interleave and choices too; a later attempt's start drops what the earlier one said. It bounds nothing
 * itself: callers watch {@link #characters}. Not thread-safe.
 */
public final class ResponseAssembler {

    /** Of moderation's decisions that an answer keeps. */
    private static final int MOST_VERDICT_CHARACTERS = 8_000;

    private record Position(int choice, int block) implements Comparable<Position> {
        @Override
        public int compareTo(Position other) {
            return choice != other.choice ? Integer.compare(choice, other.choice) : Integer.compare(block, other.block);
        }
    }

    private static final class OpenBlock {
        private final TokenEvent.BlockStart start;
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder signature = new StringBuilder();
        private final List<String> citations = new ArrayList<>();
        private final List<String> logprobs = new ArrayList<>();
        private boolean complete;

        private OpenBlock(TokenEvent.BlockStart start) {
            this.start = start;
            if (start.text() != null) {
                text.append(start.text());
            }
        }
    }

    private final String conversationId;
    private final String responseId;
    private final Map<Position, OpenBlock> blocks = new TreeMap<>();
    private List<Message> prompt = List.of();
    private boolean promptIsKnown;
    private ResponseStatus status = ResponseStatus.QUEUED;
    private int attempt = 1;
    private long lastSequence = Envelope.NONE;
    private long requestedAt;
    private long characters;
    private @Nullable String provider;
    private @Nullable String model;
    private @Nullable String servedModel;
    private @Nullable String upstreamId;
    private @Nullable StopReason stopReason;
    private @Nullable String rawStopReason;
    private @Nullable String stopSequence;
    private @Nullable Usage usage;
    private @Nullable ErrorInfo error;
    private @Nullable String cancelReason;
    private @Nullable String billingStops;
    private @Nullable String attemptReason;
    private @Nullable ResponseOutcome outcome;
    /** The first of each decision. */
    private final Set<Verdict> verdicts = new LinkedHashSet<>();

    private int verdictCharacters;
    private boolean simulated;

    public ResponseAssembler(String conversationId, String responseId) {
        this.conversationId = conversationId;
        this.responseId = responseId;
    }

    /** Takes the next event. Journal-only events, and deltas of a block that never began, change nothing. */
    public void accept(TokenEvent event) {
        Envelope envelope = event.envelope();
        lastSequence = envelope.sequence();
        if (requestedAt == 0) {
            requestedAt = envelope.requestedAt();
        }
        switch (event) {
            case TokenEvent.UserMessage e -> prompted(e);
            case TokenEvent.MessageStart e -> started(e);
            case TokenEvent.BlockStart e -> {
                blocks.put(position(e), new OpenBlock(e));
                characters += e.text() == null ? 0 : e.text().length();
            }
            case TokenEvent.BlockDelta e -> added(e);
            case TokenEvent.BlockStop e -> {
                OpenBlock block = blocks.get(position(e));
                if (block != null) {
                    block.complete = true;
                }
            }
            case TokenEvent.MessageDelta e -> {
                servedModel = e.servedModel() != null ? e.servedModel() : servedModel;
                if (envelope.choiceIndex() == 0) {
                    stopped(e.stopReason(), e.rawStopReason(), e.stopSequence());
                }
                used(e.usage());
            }
            case TokenEvent.MessageStop e -> {
                stopped(e.stopReason(), e.rawStopReason(), e.stopSequence());
                used(e.usage());
            }
            case TokenEvent.Failed e -> {
                error = e.error();
                used(e.usage());
            }
            case TokenEvent.Cancelled e -> {
                cancelReason = e.reason();
                billingStops = e.billingStops();
                used(e.usage());
            }
            case TokenEvent.Moderated e -> decided(e.verdict());
            case TokenEvent.ConversationDeleted _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.AttemptLost _,
                    TokenEvent.VerdictReached _,
                    TokenEvent.Wake _ -> {}
        }
        ResponseOutcome end = Outcomes.of(event);
        if (end != null) {
            outcome = end;
            status = Outcomes.status(end);
        }
    }

    /** The prompt, where it is known better than from the {@link TokenEvent.UserMessage}. */
    public void prompt(List<Message> messages) {
        prompt = List.copyOf(messages);
        promptIsKnown = true;
    }

    /** Whether a terminal event has come. */
    public boolean ended() {
        return outcome != null;
    }

    /** Characters held in blocks: what this object's memory grows by. */
    public long characters() {
        return characters;
    }

    public ResponseStatus status() {
        return status;
    }

    /** Sequence of the last event; {@link Envelope#NONE} before the first. */
    public long lastSequence() {
        return lastSequence;
    }

    /** The answer as it stands; its end time is left open. */
    public Response toResponse() {
        List<Block> whole = new ArrayList<>(blocks.size());
        StringBuilder text = new StringBuilder();
        blocks.forEach((position, block) -> {
            whole.add(toBlock(position, block));
            if (position.choice() == 0 && block.start.type() == BlockType.TEXT) {
                text.append(block.text);
            }
        });
        return Response.newBuilder()
                .setConversationId(conversationId)
                .setResponseId(responseId)
                .setStatus(status)
                .setAttempt(attempt)
                .setProvider(provider)
                .setModel(model)
                .setServedModel(servedModel)
                .setUpstreamId(upstreamId)
                .setPrompt(prompt)
                .setText(text.toString())
                .setBlocks(whole)
                .setStopReason(stopReason)
                .setRawStopReason(rawStopReason)
                .setStopSequence(stopSequence)
                .setUsage(usage)
                .setError(error)
                .setCancelReason(cancelReason)
                .setOutcome(outcome)
                .setAttemptReason(attemptReason)
                .setBillingStops(billingStops)
                .setVerdicts(List.copyOf(verdicts))
                .setRequestedAt(Micros.toInstant(requestedAt))
                .setLastSequence(lastSequence)
                .setSimulated(simulated ? Boolean.TRUE : null)
                .build();
    }

    private void prompted(TokenEvent.UserMessage event) {
        provider = event.envelope().provider();
        model = event.envelope().model();
        if (promptIsKnown) {
            return;
        }
        if (event.toolCallId() == null) {
            add(event.role(), textPart(PartType.TEXT, event.text()).build());
        } else {
            add(
                    event.role(),
                    textPart(PartType.TOOL_RESULT, event.text())
                            .setToolCallId(event.toolCallId())
                            .build());
        }
    }

    /** Results of one turn's tools are parts of one message. */
    private void add(String role, Part part) {
        List<Message> messages = new ArrayList<>(prompt);
        List<Part> parts = new ArrayList<>();
        if (part.getType() == PartType.TOOL_RESULT
                && !messages.isEmpty()
                && messages.getLast().getRole().equals(role)) {
            parts.addAll(messages.removeLast().getParts());
        }
        parts.add(part);
        messages.add(Message.newBuilder().setRole(role).setParts(parts).build());
        prompt = List.copyOf(messages);
    }

    private static Part.Builder textPart(PartType type, String text) {
        return Part.newBuilder().setType(type).setText(text);
    }

    private void started(TokenEvent.MessageStart event) {
        Envelope envelope = event.envelope();
        blocks.clear();
        characters = 0;
        status = ResponseStatus.RUNNING;
        attempt = envelope.attempt();
        attemptReason = event.reason();
        provider = envelope.provider() != null ? envelope.provider() : provider;
        model = envelope.model() != null ? envelope.model() : model;
        servedModel = event.servedModel();
        simulated = SimulatedMark.on(event);
        upstreamId = event.upstreamId();
        stopReason = null;
        rawStopReason = null;
        stopSequence = null;
        usage = event.usage();
    }

    private void added(TokenEvent.BlockDelta event) {
        OpenBlock block = blocks.get(position(event));
        if (block == null) {
            return;
        }
        characters += event.text().length();
        switch (event.type()) {
            case SIGNATURE -> block.signature.append(event.text());
            case CITATION -> block.citations.add(event.text());
            case LOGPROBS -> block.logprobs.add(event.text());
            case TEXT, THINKING, INPUT_JSON, REFUSAL, DATA, OTHER -> block.text.append(event.text());
        }
    }

    private void stopped(@Nullable StopReason reason, @Nullable String raw, @Nullable String sequence) {
        stopReason = reason != null ? reason : stopReason;
        rawStopReason = raw != null ? raw : rawStopReason;
        stopSequence = sequence != null ? sequence : stopSequence;
    }

    /** What a rule did ten times it did; what no longer fits is left out, as the events have told it. */
    private void decided(Verdict verdict) {
        int length = verdict.getAction().length()
                + verdict.getRuleId().length()
                + verdict.getCategory().length()
                + length(verdict.getRuleSetVersion())
                + length(verdict.getReason());
        if (verdictCharacters + length <= MOST_VERDICT_CHARACTERS && verdicts.add(verdict)) {
            verdictCharacters += length;
        }
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private void used(@Nullable Usage latest) {
        usage = latest != null ? latest : usage;
    }

    private static Block toBlock(Position position, OpenBlock block) {
        return Block.newBuilder()
                .setChoiceIndex(position.choice())
                .setBlockIndex(position.block())
                .setType(block.start.type())
                .setText(block.text.toString())
                .setComplete(block.complete)
                .setToolCallId(block.start.toolCallId())
                .setToolName(block.start.toolName())
                .setMediaType(block.start.mediaType())
                .setSignature(block.signature.isEmpty() ? null : block.signature.toString())
                .setCitations(List.copyOf(block.citations))
                .setLogprobs(List.copyOf(block.logprobs))
                .setProviderData(block.start.providerData())
                .build();
    }

    private static Position position(TokenEvent event) {
        return new Position(event.envelope().choiceIndex(), event.envelope().blockIndex());
    }
}
