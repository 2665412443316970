package dev.tokentape.schemas.codec;

import static dev.tokentape.schemas.event.Envelope.NONE;

import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.EventType;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.TokenEvent.Builder;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Micros;
import dev.tokentape.schemas.event.Outcomes;
import dev.tokentape.schemas.event.TokenEvent;
import org.jspecify.annotations.Nullable;

/** The one place where the flat Avro record and the sealed {@link TokenEvent} are turned into each other. */
final class TokenEventMapping {

    private TokenEventMapping() {}

    static dev.tokentape.schemas.avro.TokenEvent toAvro(TokenEvent event) {
        Builder to = envelope(event.envelope()).setOutcome(Outcomes.of(event));
        switch (event) {
            case TokenEvent.UserMessage e ->
                to.setType(EventType.USER_MESSAGE)
                        .setRole(e.role())
                        .setText(e.text())
                        .setToolCallId(e.toolCallId());
            case TokenEvent.MessageStart e ->
                to.setType(EventType.MESSAGE_START)
                        .setRole(e.role())
                        .setUpstreamId(e.upstreamId())
                        .setServedModel(e.servedModel())
                        .setUsage(e.usage())
                        .setProviderData(e.providerData())
                        .setReason(e.reason())
                        .setVerdict(e.verdict());
            case TokenEvent.BlockStart e ->
                to.setType(EventType.CONTENT_BLOCK_START)
                        .setBlockType(e.type())
                        .setToolCallId(e.toolCallId())
                        .setToolName(e.toolName())
                        .setMediaType(e.mediaType())
                        .setText(e.text())
                        .setProviderData(e.providerData());
            case TokenEvent.BlockDelta e ->
                to.setType(EventType.CONTENT_BLOCK_DELTA)
                        .setDeltaType(e.type())
                        .setText(e.text())
                        .setProviderData(e.providerData());
            case TokenEvent.BlockStop _ -> to.setType(EventType.CONTENT_BLOCK_STOP);
            case TokenEvent.MessageDelta e ->
                to.setType(EventType.MESSAGE_DELTA)
                        .setStopReason(e.stopReason())
                        .setRawStopReason(e.rawStopReason())
                        .setStopSequence(e.stopSequence())
                        .setUsage(e.usage())
                        .setProviderData(e.providerData())
                        .setServedModel(e.servedModel());
            case TokenEvent.MessageStop e ->
                to.setType(EventType.MESSAGE_STOP)
                        .setStopReason(e.stopReason())
                        .setRawStopReason(e.rawStopReason())
                        .setStopSequence(e.stopSequence())
                        .setUsage(e.usage())
                        .setProviderData(e.providerData());
            case TokenEvent.Failed e ->
                to.setType(EventType.ERROR).setError(e.error()).setUsage(e.usage());
            case TokenEvent.Cancelled e ->
                to.setType(EventType.CANCELLED)
                        .setReason(e.reason())
                        .setBillingStops(e.billingStops())
                        .setUsage(e.usage());
            case TokenEvent.Moderated e -> to.setType(EventType.MODERATION).setVerdict(e.verdict());
            case TokenEvent.ConversationDeleted _ -> to.setType(EventType.CONVERSATION_DELETED);
            case TokenEvent.Taken _ -> to.setType(EventType.TAKEN);
            case TokenEvent.Heartbeat _ -> to.setType(EventType.HEARTBEAT);
            case TokenEvent.AttemptLost e ->
                to.setType(EventType.ATTEMPT_LOST).setLastOffset(e.lastOffset()).setReason(e.reason());
            case TokenEvent.VerdictReached e -> to.setType(EventType.VERDICT).setVerdict(e.verdict());
            case TokenEvent.Wake _ -> to.setType(EventType.WAKE);
        }
        return to.build();
    }

    /** @throws BadRecordException if a field that the event's type needs is missing, or the type is not known here */
    static TokenEvent fromAvro(dev.tokentape.schemas.avro.TokenEvent from) {
        Envelope envelope = envelope(from);
        return switch (from.getType()) {
            case USER_MESSAGE ->
                new TokenEvent.UserMessage(
                        envelope,
                        needed(from.getRole(), "role", from),
                        needed(from.getText(), "text", from),
                        from.getToolCallId());
            case MESSAGE_START ->
                new TokenEvent.MessageStart(
                        envelope,
                        needed(from.getRole(), "role", from),
                        from.getUpstreamId(),
                        from.getServedModel(),
                        from.getUsage(),
                        from.getProviderData(),
                        from.getReason(),
                        from.getVerdict());
            case CONTENT_BLOCK_START ->
                new TokenEvent.BlockStart(
                        envelope,
                        needed(from.getBlockType(), "block_type", from),
                        from.getToolCallId(),
                        from.getToolName(),
                        from.getMediaType(),
                        from.getText(),
                        from.getProviderData());
            case CONTENT_BLOCK_DELTA ->
                new TokenEvent.BlockDelta(
                        envelope,
                        needed(from.getDeltaType(), "delta_type", from),
                        needed(from.getText(), "text", from),
                        from.getProviderData());
            case CONTENT_BLOCK_STOP -> new TokenEvent.BlockStop(envelope);
            case MESSAGE_DELTA ->
                new TokenEvent.MessageDelta(
                        envelope,
                        from.getStopReason(),
                        from.getRawStopReason(),
                        from.getStopSequence(),
                        from.getUsage(),
                        from.getProviderData(),
                        from.getServedModel());
            case MESSAGE_STOP ->
                new TokenEvent.MessageStop(
                        envelope,
                        from.getStopReason() == null ? StopReason.OTHER : from.getStopReason(),
                        from.getRawStopReason(),
                        from.getStopSequence(),
                        from.getUsage(),
                        from.getProviderData());
            case ERROR -> {
                ErrorInfo error = needed(from.getError(), "error", from);
                yield new TokenEvent.Failed(envelope, error, from.getUsage());
            }
            case CANCELLED ->
                new TokenEvent.Cancelled(
                        envelope,
                        from.getReason() == null ? "" : from.getReason(),
                        from.getBillingStops() == null ? "unknown" : from.getBillingStops(),
                        from.getUsage(),
                        wasBlocked(from));
            case MODERATION -> new TokenEvent.Moderated(envelope, needed(from.getVerdict(), "verdict", from));
            case CONVERSATION_DELETED -> new TokenEvent.ConversationDeleted(envelope);
            case TAKEN -> new TokenEvent.Taken(envelope);
            case HEARTBEAT -> new TokenEvent.Heartbeat(envelope);
            case ATTEMPT_LOST ->
                new TokenEvent.AttemptLost(
                        envelope,
                        from.getLastOffset() == null ? NONE : from.getLastOffset(),
                        from.getReason() == null ? "" : from.getReason());
            case VERDICT -> new TokenEvent.VerdictReached(envelope, needed(from.getVerdict(), "verdict", from));
            case WAKE -> new TokenEvent.Wake(envelope);
            case UNKNOWN -> throw new BadRecordException("token event of a type this version does not know");
        };
    }

    /** Before there was an outcome the processor's own reasons told it. */
    private static boolean wasBlocked(dev.tokentape.schemas.avro.TokenEvent from) {
        if (from.getOutcome() != null) {
            return from.getOutcome() == ResponseOutcome.BLOCKED;
        }
        return "blocked".equals(from.getReason()) || "prompt_blocked".equals(from.getReason());
    }

    private static Builder envelope(Envelope from) {
        return dev.tokentape.schemas.avro.TokenEvent.newBuilder()
                .setConversationId(from.conversationId())
                .setResponseId(from.responseId())
                .setAttempt(from.attempt())
                .setRunId(from.runId())
                .setSequence(from.sequence())
                .setChoiceIndex(from.choiceIndex())
                .setBlockIndex(from.blockIndex() == NONE ? null : from.blockIndex())
                .setRequestedAt(Micros.toInstant(from.requestedAt()))
                .setReceivedAt(Micros.toInstant(from.receivedAt()))
                .setElapsedNanos(from.elapsedNanos() == NONE ? null : from.elapsedNanos())
                .setProvider(from.provider())
                .setModel(from.model());
    }

    private static Envelope envelope(dev.tokentape.schemas.avro.TokenEvent from) {
        return new Envelope(
                from.getConversationId(),
                from.getResponseId(),
                from.getAttempt(),
                from.getRunId(),
                from.getSequence(),
                from.getChoiceIndex(),
                from.getBlockIndex() == null ? NONE : from.getBlockIndex(),
                Micros.of(from.getRequestedAt()),
                Micros.of(from.getReceivedAt()),
                from.getElapsedNanos() == null ? NONE : from.getElapsedNanos(),
                from.getProvider(),
                from.getModel());
    }

    private static <T> T needed(@Nullable T value, String field, dev.tokentape.schemas.avro.TokenEvent event) {
        if (value == null) {
            throw new BadRecordException(
                    "token event %s of response %s lacks %s".formatted(event.getType(), event.getResponseId(), field));
        }
        return value;
    }
}
