package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * All ways of text to the readers beside the deltas of text itself: names, identifiers, stop sequences, citations, log
 * probabilities, messages of errors and whatever a provider adds. By the rules of the block that they belong to, else
 * by those of text. What is encrypted, signatures and redacted thinking, cannot be judged, nor can pictures and sound.
 */
final class SideDoors {

    private final RuleGates rules;

    SideDoors(RuleGates rules) {
        this.rules = rules;
    }

    /**
     * @param of the block that the event belongs to; {@link BlockType#OTHER} if to none
     * @param mediaType of that block
     */
    Screened screened(TokenEvent event, BlockType of, @Nullable String mediaType) {
        Channel channel = Channel.of(of);
        SideText side = new SideText(rules);
        TokenEvent shown = switch (event) {
            case TokenEvent.MessageStart e ->
                new TokenEvent.MessageStart(
                        e.envelope(),
                        side.word(e.role(), Channel.TEXT),
                        side.plain(e.upstreamId(), Channel.TEXT),
                        side.plain(e.servedModel(), Channel.TEXT),
                        e.usage(),
                        side.json(e.providerData(), Channel.TEXT));
            case TokenEvent.BlockStart e -> begun(e, channel, side);
            case TokenEvent.BlockDelta e -> delta(e, of, mediaType, side);
            case TokenEvent.MessageDelta e ->
                new TokenEvent.MessageDelta(
                        e.envelope(),
                        e.stopReason(),
                        side.plain(e.rawStopReason(), Channel.TEXT),
                        side.plain(e.stopSequence(), Channel.TEXT),
                        e.usage(),
                        side.json(e.providerData(), Channel.TEXT),
                        side.plain(e.servedModel(), Channel.TEXT));
            case TokenEvent.MessageStop e ->
                new TokenEvent.MessageStop(
                        e.envelope(),
                        e.stopReason(),
                        side.plain(e.rawStopReason(), Channel.TEXT),
                        side.plain(e.stopSequence(), Channel.TEXT),
                        e.usage(),
                        side.json(e.providerData(), Channel.TEXT));
            case TokenEvent.Failed e ->
                new TokenEvent.Failed(
                        e.envelope(),
                        ErrorInfo.newBuilder(e.error())
                                .setCode(side.word(e.error().getCode(), Channel.TEXT))
                                .setMessage(side.word(e.error().getMessage(), Channel.TEXT))
                                .build(),
                        e.usage());
            case TokenEvent.Cancelled e ->
                new TokenEvent.Cancelled(
                        e.envelope(), side.word(e.reason(), Channel.TEXT), e.billingStops(), e.usage());
            case TokenEvent.BlockStop _,
                    TokenEvent.UserMessage _,
                    TokenEvent.Moderated _,
                    TokenEvent.ConversationDeleted _,
                    TokenEvent.Taken _,
                    TokenEvent.Heartbeat _,
                    TokenEvent.AttemptLost _,
                    TokenEvent.VerdictReached _,
                    TokenEvent.Wake _ -> event;
        };
        return new Screened(shown, side.findings());
    }

    private TokenEvent begun(TokenEvent.BlockStart start, Channel channel, SideText side) {
        RuleSet set = rules.ruleSet();
        boolean opaque = start.type() == BlockType.REDACTED_THINKING;
        boolean dropped = opaque
                ? set.redactedThinking() == RuleSet.Passage.DROP
                : channel == Channel.THINKING && set.thinking() == RuleSet.Passage.DROP;
        // Text of other blocks goes through their gate, as the first of their deltas.
        String text = dropped ? null : start.text();
        String providerData = dropped ? null : opaque ? start.providerData() : side.json(start.providerData(), channel);
        return new TokenEvent.BlockStart(
                start.envelope(),
                start.type(),
                side.plain(start.toolCallId(), channel),
                side.plain(start.toolName(), channel),
                side.plain(start.mediaType(), channel),
                text,
                providerData);
    }

    private @Nullable TokenEvent delta(
            TokenEvent.BlockDelta delta, BlockType of, @Nullable String mediaType, SideText side) {
        Channel channel = Channel.of(of);
        if (!rules.judges(channel)) {
            return delta;
        }
        String text = switch (delta.type()) {
            case TEXT, THINKING, REFUSAL, INPUT_JSON, SIGNATURE -> delta.text();
            case CITATION -> side.json(delta.text(), channel);
            // By itself, and then together with what stands around it.
            case OTHER -> side.plain(delta.text(), channel);
            // They spell out tokens, of which the next may be the rest of something forbidden.
            case LOGPROBS -> null;
            case DATA -> isMedia(of, mediaType) ? delta.text() : null;
        };
        return text == null
                ? null
                : new TokenEvent.BlockDelta(
                        delta.envelope(), delta.type(), text, side.json(delta.providerData(), channel));
    }

    /** Anything else in base64 may be text. */
    private static boolean isMedia(BlockType of, @Nullable String mediaType) {
        if (mediaType == null) {
            return of == BlockType.IMAGE || of == BlockType.AUDIO;
        }
        String type = mediaType.toLowerCase(Locale.ROOT);
        return type.startsWith("image/") && !type.contains("svg")
                || type.startsWith("audio/")
                || type.startsWith("video/");
    }
}
