package dev.tokentape.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseOutcome;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.json.EventJson;
import dev.tokentape.schemas.json.ResponseJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Envelope AT = new Envelope("c", "r", 1, "run", 1, 0, Envelope.NONE, 1, 1, 1, "openai", "m");

    private static TokenEvent stop(StopReason reason) {
        return new TokenEvent.MessageStop(AT, reason, null, null, null, null);
    }

    private static TokenEvent failed() {
        return new TokenEvent.Failed(
                AT, ErrorInfo.newBuilder().setCode("x").setMessage("y").build(), null);
    }

    /** Every end of an answer, its one word, and how far the answer then is. */
    static Stream<Arguments> ends() {
        return Stream.of(
                Arguments.of(stop(StopReason.END_TURN), "completed", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.STOP_SEQUENCE), "completed", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.OTHER), "completed", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.MAX_TOKENS), "max_tokens", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.CONTEXT_WINDOW_EXCEEDED), "max_tokens", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.TOOL_USE), "tool_use", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.PAUSE_TURN), "pause_turn", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.REFUSAL), "refusal", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.CONTENT_FILTER), "content_filter", ResponseStatus.COMPLETED),
                Arguments.of(stop(StopReason.MALFORMED_TOOL_USE), "failed", ResponseStatus.FAILED),
                Arguments.of(stop(StopReason.ERROR), "failed", ResponseStatus.FAILED),
                Arguments.of(failed(), "failed", ResponseStatus.FAILED),
                Arguments.of(
                        new TokenEvent.Cancelled(AT, "client_request", "yes", null),
                        "cancelled",
                        ResponseStatus.CANCELLED),
                // Whoever cancels may say what he likes.
                Arguments.of(
                        new TokenEvent.Cancelled(AT, "blocked", "yes", null), "cancelled", ResponseStatus.CANCELLED),
                Arguments.of(
                        new TokenEvent.Cancelled(AT, "blocked", "yes", null, true), "blocked", ResponseStatus.BLOCKED),
                Arguments.of(
                        new TokenEvent.Cancelled(AT, "prompt_blocked", "yes", null, true),
                        "blocked",
                        ResponseStatus.BLOCKED));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void anEndHasOneWordInTheEventAndInTheAnswer(TokenEvent end, String word, ResponseStatus status)
            throws IOException {
        // Given
        ResponseAssembler answer = new ResponseAssembler("c", "r");
        answer.accept(new TokenEvent.MessageStart(AT, "assistant", null, null, null, null));

        // When
        answer.accept(end);

        // Then
        Response whole = answer.toResponse();
        assertThat(json(end).path("outcome").asText()).isEqualTo(word);
        assertThat(json(whole).path("outcome").asText()).isEqualTo(word);
        assertThat(whole.getStatus()).isEqualTo(status);
        assertThat(answer.ended()).isTrue();
    }

    @Test
    void everyStopReasonIsInTheTable() {
        assertThat(ends().map(row -> row.get()[0])
                        .filter(TokenEvent.MessageStop.class::isInstance)
                        .map(end -> ((TokenEvent.MessageStop) end).stopReason()))
                .containsExactlyInAnyOrder(StopReason.values());
    }

    @ParameterizedTest
    @MethodSource("ends")
    void anAnswerOfBeforeThereWasTheWordHasItAllTheSame(TokenEvent end, String word, ResponseStatus status)
            throws IOException {
        // Given
        ResponseAssembler answer = new ResponseAssembler("c", "r");
        answer.accept(end);

        // When
        Response old = Response.newBuilder(answer.toResponse()).setOutcome(null).build();

        // Then
        assertThat(json(old).path("outcome").asText()).isEqualTo(word);
    }

    @Test
    void anAnswerThatRunsHasNoOutcome() throws IOException {
        // When
        ResponseAssembler answer = new ResponseAssembler("c", "r");
        answer.accept(new TokenEvent.MessageStart(AT, "assistant", null, null, null, null));

        // Then
        assertThat(json(answer.toResponse()).has("outcome")).isFalse();
        assertThat(answer.ended()).isFalse();
    }

    @Test
    void statusAndOutcomeAgreeOnWhatHasEnded() {
        assertThat(Arrays.stream(ResponseOutcome.values()).filter(outcome -> outcome != ResponseOutcome.OTHER))
                .allMatch(outcome -> Outcomes.ended(Outcomes.status(outcome)));
    }

    @Test
    void anAnswerKeepsEachDecisionOnceWithinABound() {
        // Given
        ResponseAssembler answer = new ResponseAssembler("c", "r");

        // When
        for (int i = 0; i < 2_000; i++) {
            answer.accept(new TokenEvent.Moderated(AT, new Verdict("redact", "card", "pii", "v1", null)));
            answer.accept(new TokenEvent.Moderated(AT, new Verdict("flag", "rule-" + i, "pii", "v1", null)));
        }

        // Then
        assertThat(answer.toResponse().getVerdicts())
                .doesNotHaveDuplicates()
                .hasSizeBetween(100, 1_000)
                .first()
                .extracting(Verdict::getRuleId)
                .isEqualTo("card");
    }

    @Test
    void anAttemptSaysWhyItSupersedesTheOneBefore() throws IOException {
        // Given
        Verdict verdict = new Verdict("regenerate", "no-excuses", "quality", "v1", null);
        TokenEvent.MessageStart again = new TokenEvent.MessageStart(AT, "assistant", null, null, null, null)
                .because(AttemptReason.REGENERATED, verdict);
        ResponseAssembler answer = new ResponseAssembler("c", "r");

        // When
        answer.accept(again);

        // Then
        assertThat(json(again).path("reason").asText()).isEqualTo("regenerated");
        assertThat(json(again).path("verdict").path("rule_id").asText()).isEqualTo("no-excuses");
        assertThat(json(answer.toResponse()).path("attempt_reason").asText()).isEqualTo("regenerated");
    }

    private static JsonNode json(TokenEvent event) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            EventJson.writeFields(json, event, Envelope.NONE);
            json.writeEndObject();
        }
        return JSON.readTree(out.toByteArray());
    }

    private static JsonNode json(Response response) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            ResponseJson.write(json, response);
        }
        return JSON.readTree(out.toByteArray());
    }
}
