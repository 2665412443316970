package dev.tokentape.schemas.event;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.avro.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One event in the life of an answer.
 *
 * <p>Order within a response: {@link UserMessage} (several where they bring tool results), then per attempt
 * {@link MessageStart}, blocks ({@link BlockStart}, {@link BlockDelta}…, {@link BlockStop}), {@link MessageDelta}
 * whenever a stop reason or usage becomes known early, and at last exactly one terminal event: {@link MessageStop},
 * {@link Failed} or {@link Cancelled}. {@link Moderated} may come anywhere. A later attempt's {@link MessageStart}
 * supersedes what was shown before. {@link ConversationDeleted} is about all answers of its conversation and part of
 * none.
 *
 * <p>{@link Taken}, {@link Heartbeat}, {@link AttemptLost}, {@link VerdictReached} and {@link Wake} appear in the
 * journal only.
 */
public sealed interface TokenEvent {

    Envelope envelope();

    /** The same event in another envelope. */
    TokenEvent withEnvelope(Envelope envelope);

    /** Whether nothing follows under its response id. */
    default boolean isTerminal() {
        return switch (this) {
            case MessageStop _, Failed _, Cancelled _, ConversationDeleted _ -> true;
            case UserMessage _,
                    MessageStart _,
                    BlockStart _,
                    BlockDelta _,
                    BlockStop _,
                    MessageDelta _,
                    Moderated _,
                    Taken _,
                    Heartbeat _,
                    AttemptLost _,
                    VerdictReached _,
                    Wake _ -> false;
        };
    }

    /**
     * The turn that the answer answers; sequence 0 of every response. An answer that goes on from tool calls has one
     * for each result, in the order in which they came: sequences 0, 1, 2…
     *
     * @param role user, or tool where the turn brings tool results
     * @param text its text parts, joined by line breaks
     * @param toolCallId the call that the message is the result of; null if it is not the result of one
     */
    record UserMessage(
            Envelope envelope,
            String role,
            String text,
            @Nullable String toolCallId) implements TokenEvent {

        /** A whole turn. */
        public UserMessage(Envelope envelope, String role, String text) {
            this(envelope, role, text, null);
        }

        @Override
        public UserMessage withEnvelope(Envelope other) {
            return new UserMessage(other, role, text, toolCallId);
        }
    }

    /**
     * An attempt's first event: the provider has begun to answer. It supersedes whatever was shown before.
     *
     * @param reason an {@link AttemptReason}'s word; null where there is nothing to explain, and in the journal
     * @param verdict what wanted another answer; null but for {@link AttemptReason#REGENERATED}
     */
    record MessageStart(
            Envelope envelope,
            String role,
            @Nullable String upstreamId,
            @Nullable String servedModel,
            @Nullable Usage usage,
            @Nullable String providerData,
            @Nullable String reason,
            @Nullable Verdict verdict)
            implements TokenEvent {

        /** As a provider begins: why it was asked is not its business. */
        public MessageStart(
                Envelope envelope,
                String role,
                @Nullable String upstreamId,
                @Nullable String servedModel,
                @Nullable Usage usage,
                @Nullable String providerData) {
            this(envelope, role, upstreamId, servedModel, usage, providerData, null, null);
        }

        /** The same with its explanation. */
        public MessageStart because(AttemptReason why, @Nullable Verdict by) {
            return new MessageStart(envelope, role, upstreamId, servedModel, usage, providerData, why.word(), by);
        }

        @Override
        public MessageStart withEnvelope(Envelope other) {
            return new MessageStart(other, role, upstreamId, servedModel, usage, providerData, reason, verdict);
        }
    }

    /**
     * A content block begins.
     *
     * @param text opaque data of a redacted thinking block, which comes whole; else null
     */
    record BlockStart(
            Envelope envelope,
            BlockType type,
            @Nullable String toolCallId,
            @Nullable String toolName,
            @Nullable String mediaType,
            @Nullable String text,
            @Nullable String providerData)
            implements TokenEvent {
        @Override
        public BlockStart withEnvelope(Envelope other) {
            return new BlockStart(other, type, toolCallId, toolName, mediaType, text, providerData);
        }
    }

    /** A piece of a content block; a citation or log probabilities come as JSON text. */
    record BlockDelta(
            Envelope envelope,
            DeltaType type,
            String text,
            @Nullable String providerData) implements TokenEvent {
        @Override
        public BlockDelta withEnvelope(Envelope other) {
            return new BlockDelta(other, type, text, providerData);
        }
    }

    /** A content block is whole. */
    record BlockStop(Envelope envelope) implements TokenEvent {
        @Override
        public BlockStop withEnvelope(Envelope other) {
            return new BlockStop(other);
        }
    }

    /**
     * A choice's stop reason, or usage so far, known before the end.
     *
     * @param servedModel the model that goes on with the answer, where the provider changed it on the way; else null
     */
    record MessageDelta(
            Envelope envelope,
            @Nullable StopReason stopReason,
            @Nullable String rawStopReason,
            @Nullable String stopSequence,
            @Nullable Usage usage,
            @Nullable String providerData,
            @Nullable String servedModel)
            implements TokenEvent {

        /** Of an answer that stays with its model. */
        public MessageDelta(
                Envelope envelope,
                @Nullable StopReason stopReason,
                @Nullable String rawStopReason,
                @Nullable String stopSequence,
                @Nullable Usage usage,
                @Nullable String providerData) {
            this(envelope, stopReason, rawStopReason, stopSequence, usage, providerData, null);
        }

        @Override
        public MessageDelta withEnvelope(Envelope other) {
            return new MessageDelta(other, stopReason, rawStopReason, stopSequence, usage, providerData, servedModel);
        }
    }

    /** The answer is whole. Carries the final stop reason of the first choice and the final usage. */
    record MessageStop(
            Envelope envelope,
            StopReason stopReason,
            @Nullable String rawStopReason,
            @Nullable String stopSequence,
            @Nullable Usage usage,
            @Nullable String providerData)
            implements TokenEvent {
        @Override
        public MessageStop withEnvelope(Envelope other) {
            return new MessageStop(other, stopReason, rawStopReason, stopSequence, usage, providerData);
        }
    }

    /** The answer failed; what was released before stays. Named {@code error} outside. */
    record Failed(
            Envelope envelope, ErrorInfo error, @Nullable Usage usage) implements TokenEvent {
        @Override
        public Failed withEnvelope(Envelope other) {
            return new Failed(other, error, usage);
        }
    }

    /**
     * The answer was cancelled; what was released before stays.
     *
     * @param billingStops whether closing the connection stops billing at this provider: yes, no or unknown
     * @param blocked whether it was moderation that ended it
     */
    record Cancelled(
            Envelope envelope,
            String reason,
            String billingStops,
            @Nullable Usage usage,
            boolean blocked) implements TokenEvent {

        /** By whoever wanted it to end. */
        public Cancelled(Envelope envelope, String reason, String billingStops, @Nullable Usage usage) {
            this(envelope, reason, billingStops, usage, false);
        }

        @Override
        public Cancelled withEnvelope(Envelope other) {
            return new Cancelled(other, reason, billingStops, usage, blocked);
        }
    }

    /** Moderation decided something readers should know. Named {@code moderation} outside. */
    record Moderated(Envelope envelope, Verdict verdict) implements TokenEvent {
        @Override
        public Moderated withEnvelope(Envelope other) {
            return new Moderated(other, verdict);
        }
    }

    /**
     * The conversation was deleted with all that was said in it up to here. It belongs to no answer: it stands alone
     * under an id of its own, with sequence 0, so that whatever keeps account of answers has nothing to make an
     * exception for.
     */
    record ConversationDeleted(Envelope envelope) implements TokenEvent {
        @Override
        public ConversationDeleted withEnvelope(Envelope other) {
            return new ConversationDeleted(other);
        }
    }

    /** Journal: a run has taken the attempt. The first one owns it. */
    record Taken(Envelope envelope) implements TokenEvent {
        @Override
        public Taken withEnvelope(Envelope other) {
            return new Taken(other);
        }
    }

    /** Journal: the run is alive, though the provider is silent. */
    record Heartbeat(Envelope envelope) implements TokenEvent {
        @Override
        public Heartbeat withEnvelope(Envelope other) {
            return new Heartbeat(other);
        }
    }

    /**
     * Journal: the watch has seen no sign of life from the envelope's run for too long.
     *
     * @param lastOffset journal offset of the last sign it had seen; the report is void if the run has spoken since
     */
    record AttemptLost(Envelope envelope, long lastOffset, String reason) implements TokenEvent {
        @Override
        public AttemptLost withEnvelope(Envelope other) {
            return new AttemptLost(other, lastOffset, reason);
        }
    }

    /** Journal: a slow moderator's decision. Named {@code verdict} outside. */
    record VerdictReached(Envelope envelope, Verdict verdict) implements TokenEvent {
        @Override
        public VerdictReached withEnvelope(Envelope other) {
            return new VerdictReached(other, verdict);
        }
    }

    /** Journal: a processor was assigned the partition; makes it rebuild its state though nothing else arrives. */
    record Wake(Envelope envelope) implements TokenEvent {
        @Override
        public Wake withEnvelope(Envelope other) {
            return new Wake(other);
        }
    }
}
