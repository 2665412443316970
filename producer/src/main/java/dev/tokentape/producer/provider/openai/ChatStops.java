package dev.tokentape.producer.provider.openai;

import dev.tokentape.schemas.avro.StopReason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The stop reasons of the Chat Completions family, normalised. */
final class ChatStops {

    private ChatStops() {}

    /** OTHER where the server gave none, or one that is not known here. */
    static StopReason reasonOf(@Nullable String finish) {
        if (finish == null) {
            return StopReason.OTHER;
        }
        return switch (finish.toLowerCase(Locale.ROOT).replace('-', '_')) {
            case "stop", "eos", "end_turn", "eos_token", "completed", "complete" -> StopReason.END_TURN;
            case "length", "max_tokens", "max_output_tokens", "max_completion_tokens" -> StopReason.MAX_TOKENS;
            case "stop_sequence" -> StopReason.STOP_SEQUENCE;
            case "tool_calls", "function_call", "tool_use", "tool_call" -> StopReason.TOOL_USE;
            case "pause_turn" -> StopReason.PAUSE_TURN;
            case "refusal" -> StopReason.REFUSAL;
            case "content_filter",
                    "content_filtered",
                    "safety",
                    "sensitive",
                    "recitation",
                    "guardrail_intervened",
                    "prohibited_content",
                    "blocklist" -> StopReason.CONTENT_FILTER;
            case "model_length",
                    "model_context_window_exceeded",
                    "context_window_exceeded",
                    "context_length_exceeded" -> StopReason.CONTEXT_WINDOW_EXCEEDED;
            case "malformed_function_call", "malformed_tool_use", "tool_use_failed" -> StopReason.MALFORMED_TOOL_USE;
            case "error", "network_error", "insufficient_system_resource" -> StopReason.ERROR;
            default -> StopReason.OTHER;
        };
    }
}
