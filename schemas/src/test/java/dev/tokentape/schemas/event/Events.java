package dev.tokentape.schemas.event;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.avro.Verdict;
import java.util.List;

/** One filled example of every kind of event. */
public final class Events {

    private Events() {}

    public static Envelope envelope(int block) {
        return new Envelope(
                "chat-7",
                "0192f0c4-8a31-7000-8000-00000000002a",
                2,
                "run-1",
                41,
                1,
                block,
                1_700_000_000_000_001L,
                1_700_000_000_250_002L,
                250_001_000,
                "openai",
                "gpt-4o-mini");
    }

    public static Usage usage() {
        return Usage.newBuilder()
                .setInputTokens(12L)
                .setOutputTokens(34L)
                .setReasoningOutputTokens(5L)
                .build();
    }

    public static Verdict verdict() {
        return Verdict.newBuilder()
                .setAction("block")
                .setRuleId("cards")
                .setCategory("pii")
                .setRuleSetVersion("v3")
                .build();
    }

    /** Every kind of event once, in the order of the sealed interface. */
    public static List<TokenEvent> everyKind() {
        Envelope whole = envelope(Envelope.NONE);
        Envelope block = envelope(3);
        return List.of(
                new TokenEvent.UserMessage(whole, "user", "Grüße, 世界 👋", "call_0"),
                new TokenEvent.MessageStart(whole, "assistant", "msg_1", "gpt-4o-mini-2024", usage(), "{\"a\":1}"),
                new TokenEvent.BlockStart(
                        block, BlockType.TOOL_USE, "call_1", "weather", "image/png", "opaque", "{\"b\":[]}"),
                new TokenEvent.BlockDelta(block, DeltaType.TEXT, " naïve", null),
                new TokenEvent.BlockStop(block),
                new TokenEvent.MessageDelta(
                        whole, StopReason.MAX_TOKENS, "length", null, usage(), null, "gpt-4o-fallback"),
                new TokenEvent.MessageStop(whole, StopReason.STOP_SEQUENCE, "stop_sequence", "END", usage(), null),
                new TokenEvent.Failed(
                        whole,
                        ErrorInfo.newBuilder()
                                .setPhase(ErrorPhase.MID_STREAM)
                                .setCode("overloaded_error")
                                .setMessage("Overloaded")
                                .setHttpStatus(529)
                                .setRetryable(true)
                                .build(),
                        usage()),
                new TokenEvent.Cancelled(whole, "client_request", "yes", usage()),
                new TokenEvent.Moderated(whole, verdict()),
                new TokenEvent.ConversationDeleted(whole),
                new TokenEvent.Taken(whole),
                new TokenEvent.Heartbeat(whole),
                new TokenEvent.AttemptLost(whole, 99, "silent"),
                new TokenEvent.VerdictReached(whole, verdict()),
                new TokenEvent.Wake(whole));
    }
}
