package dev.tokentape.producer.provider;

import static dev.tokentape.producer.provider.ApiNames.CHAT;
import static dev.tokentape.producer.provider.ApiNames.GEMINI;
import static dev.tokentape.producer.provider.ApiNames.MESSAGES;
import static dev.tokentape.producer.provider.ApiNames.OLLAMA;
import static dev.tokentape.producer.provider.ApiNames.RESPONSES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the recordings do not hold, and servers may send all the same. */
class WireVariantsTest {

    @ParameterizedTest
    @ValueSource(strings = {"openai-responses", "anthropic-messages", "bedrock-converse-stream", "ollama-native"})
    void cutAtAnyByteAnAnswerIsNeverTakenForWhole(String api) throws IOException {
        // Given
        byte[] whole = Everything.body(api);
        boolean wholeBefore = false;
        int firstWhole = whole.length;
        for (int length = 0; length < whole.length; length++) {
            // When
            Decoded decoded = Decoded.of(api, Arrays.copyOf(whole, length), 0);

            // Then
            assertThat(decoded.events().stream().filter(TokenEvent::isTerminal))
                    .as("%d bytes", length)
                    .hasSize(1);
            boolean stopped = decoded.last() instanceof TokenEvent.MessageStop;
            assertThat(wholeBefore && !stopped).as("%d bytes", length).isFalse();
            if (stopped && !wholeBefore) {
                firstWhole = length;
            }
            wholeBefore |= stopped;
            if (decoded.last() instanceof TokenEvent.Failed failed) {
                assertThat(failed.error().getPhase()).as("%d bytes", length).isEqualTo(ErrorPhase.TRUNCATED);
            }
        }
        assertThat(whole.length - firstWhole).as("bytes after the answer's end").isLessThan(4_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n"})
    void anyLineEndsCommentsIdsAndAByteOrderMarkAreNoMatter(String lineEnd) {
        // Given
        String body = "\uFEFF: hello\n:\nid: 7\nretry: 10\ndata: {\"choices\":[{\"index\":0,\ndata: "
                + "\"delta\":{\"content\":\"a\"}}]}\n\n: keep-alive\n\nunknown: field\n\n"
                + "data:{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]";
        for (int chunk : new int[] {0, 1, 3}) {
            // When
            Decoded decoded = Decoded.of(CHAT, bytes(body.replace("\n", lineEnd)), chunk);

            // Then
            assertThat(decoded.response().getText()).isEqualTo("a");
            assertThat(decoded.last()).isInstanceOf(TokenEvent.MessageStop.class);
        }
    }

    @Test
    void nullsWhereTextsAreExpectedSayNothing() {
        // When
        Decoded chat = Decoded.of(CHAT, """
                data: {"id":null,"model":null,"usage":null,"choices":[{"index":0,"logprobs":null,"finish_reason":null,\
                "delta":\
                {"role":null,"content":null,"refusal":null,"reasoning_content":null,"tool_calls":null,\
                "function_call":null}}]}

                data: {"choices":[{"index":0,"delta":null,"finish_reason":null}],"error":null}

                data: {"choices":null,"usage":{"prompt_tokens":3,"completion_tokens":null,"prompt_tokens_details":null}}

                data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}

                data: [DONE]

                """);
        Decoded messages = Decoded.of(MESSAGES, """
                data: {"type":"message_start","message":{"id":null,"model":null,"role":null,"usage":null}}

                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":null,\
                "citations":null}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":null}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}

                data: {"type":"content_block_delta","index":0,"delta":null}

                data: {"type":"content_block_stop","index":0}

                data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":null}

                data: {"type":"message_stop"}

                """);
        Decoded gemini = Decoded.of(GEMINI, """
                data: {"candidates":[{"content":null,"index":null}],"usageMetadata":null,"promptFeedback":null}

                data: {"candidates":[{"content":{"parts":[{"text":null},{"text":"a","thought":null,\
                "functionCall":null}]},\
                "finishReason":"STOP","citationMetadata":null}]}

                """);
        Decoded ollama = Decoded.of(OLLAMA, """
                {"model":null,"message":{"role":"assistant","content":null,"thinking":null,"tool_calls":null},\
                "done":false}
                {"message":{"role":"assistant","content":"a"},"done":null,"error":null}
                {"message":null,"done":true,"done_reason":null,"eval_count":null}
                """);

        // Then
        for (Decoded decoded : new Decoded[] {chat, messages, gemini, ollama}) {
            assertThat(decoded.response().getText()).isEqualTo("a");
            assertThat(decoded.last()).isInstanceOf(TokenEvent.MessageStop.class);
            assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.END_TURN);
        }
    }

    @Test
    void eventsThatNobodyKnowsYetAreIgnored() {
        // When
        Decoded messages = Decoded.of(MESSAGES, """
                event: hello
                data: {"type":"hello","world":1}

                event: message_start
                data: {"type":"message_start","message":{"id":"m","model":"c","role":"assistant"}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"smell_delta","smell":"rose"}}

                data: {"type":"ping"}

                data: {"type":"message_delta","delta":{"stop_reason":"a_new_reason"}}

                data: {"type":"message_stop"}

                """);
        Decoded responses = Decoded.of(RESPONSES, """
                data: {"type":"response.created","response":{"id":"r","model":"g"}}

                data: {"type":"response.telepathy.delta","output_index":0,"delta":"?"}

                data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"}

                data: {"type":"response.completed","response":{"id":"r","status":"completed"}}

                """);

        // Then
        assertThat(messages.response().getText()).isEqualTo("a");
        assertThat(messages.response().getStopReason()).isEqualTo(StopReason.OTHER);
        assertThat(messages.response().getRawStopReason()).isEqualTo("a_new_reason");
        assertThat(responses.response().getText()).isEqualTo("a");
        assertThat(responses.response().getStopReason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void usageInOddPlacesIsInTheEnd() {
        // When
        Decoded first = Decoded.of(CHAT, """
                data: {"usage":{"prompt_tokens":5,"completion_tokens":0},"choices":[]}

                data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}

                data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}],\
                "usage":{"completion_tokens":2}}

                data: [DONE]

                """);

        // Then
        assertThat(first.response().getUsage()).satisfies(usage -> {
            assertThat(usage.getInputTokens()).isEqualTo(5);
            assertThat(usage.getOutputTokens()).isEqualTo(2);
        });
        assertThat(first.response().getStopReason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void callsThatComeWholeAndCallsThatAreStreamedMayStandSideBySide() {
        // When
        Decoded decoded = Decoded.of(CHAT, """
                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"one",\
                "arguments":"{}"}},\
                {"index":1,"id":"b","function":{"name":"two","arguments":""}}]}}]}

                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"","function":{"name":"",\
                "arguments":"{\\"x\\":"}}]}}]}

                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"1}"}}]},\
                "finish_reason":"stop"}]}

                """);

        // Then
        assertThat(decoded.blocks(BlockType.TOOL_USE))
                .extracting(
                        block -> block.getToolCallId() + block.getToolName() + block.getText() + block.getComplete())
                .containsExactly("aone{}true", "btwo{\"x\":1}true");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.TOOL_USE);
    }

    @Test
    void interleavedChoicesEachKeepTheirOwnText() {
        // When
        Decoded decoded = Decoded.of(CHAT, """
                data: {"choices":[{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"a"}}]}

                data: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length"}]}

                data: {"choices":[{"index":1,"delta":{"content":"y"},"finish_reason":"stop"}]}

                data: [DONE]

                """);

        // Then
        assertThat(decoded.text(BlockType.TEXT, 0)).isEqualTo("ab");
        assertThat(decoded.text(BlockType.TEXT, 1)).isEqualTo("xy");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.MAX_TOKENS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "anthropic-messages | event: error\\ndata: "
                        + "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                        + "\"message\":\"Overloaded\"}}\\n\\n | overloaded_error | true",
                "openai-responses | data: "
                        + "{\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"slow\","
                        + "\"param\":null}\\n\\n | rate_limit_exceeded | true",
                "openai-responses | data: "
                        + "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"bad\","
                        + "\"message\":\"no\"}}\\n\\n | bad | false",
                "gemini-generate-content | {\"error\": {\"code\": 503, \"message\": \"busy\", \"status\": "
                        + "\"UNAVAILABLE\"}} | UNAVAILABLE | true",
                "gemini-generate-content | [{\"error\": {\"code\": 429, \"message\": \"quota\", "
                        + "\"status\": \"RESOURCE_EXHAUSTED\"}}] | RESOURCE_EXHAUSTED | true",
                "ollama-native | {\"error\":\"model runner has unexpectedly stopped\"} | upstream_error | true",
                "openai-chat-completions | data: {\"error\":\"string\"}\\n\\n | upstream_error | true",
                "openai-chat-completions | data: {\"detail\":[{\"msg\":\"field required\"}]}\\n\\n | "
                        + "upstream_error | true",
            })
    void anErrorBeforeAnythingIsBeforeOutput(String api, String body, String code, boolean retryable) {
        // When
        Decoded decoded = Decoded.of(api, body.replace("\\n", "\n"));

        // Then
        assertThat(decoded.events()).hasSize(1);
        assertThat(error(decoded).getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        assertThat(error(decoded).getCode()).isEqualTo(code);
        assertThat(error(decoded).getRetryable()).isEqualTo(retryable);
    }

    private static ErrorInfo error(Decoded decoded) {
        assertThat(decoded.last()).isInstanceOf(TokenEvent.Failed.class);
        return ((TokenEvent.Failed) decoded.last()).error();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
