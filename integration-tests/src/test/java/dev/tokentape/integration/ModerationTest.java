package dev.tokentape.integration;

import static dev.tokentape.integration.RuledAnswers.prompt;
import static dev.tokentape.integration.RuledAnswers.text;
import static dev.tokentape.integration.RuledAnswers.types;
import static dev.tokentape.integration.RuledAnswers.verdicts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.log.SimulatedCall;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules and a moderation service, from the reader's side: what is shown, what is not, and what happens upstream. */
class ModerationTest {

    private static final String MODEL = "sim?tps=500&tokens=60&ttft=5";

    private static Simulator service;
    private static House house;
    private static RuledAnswers answers;

    @BeforeAll
    static void start() throws IOException {
        service = Simulator.start(
                SimulatorConfig.defaults().withPort(0).withTimeToFirstToken(5).withFlaggedWords(List.of("the")));
        house = House.start(
                Map.of("processor.moderation.url", service.baseUrl(), "processor.moderation.timeout", "5s"));
        house.processor();
        house.producer();
        answers = new RuledAnswers(house, new Client(house.gateway().url()));
    }

    @AfterAll
    static void stop() {
        house.close();
        service.close();
    }

    @Test
    void aServicesObjectionEndsTheAnswerBeforeAnythingOfItIsShown() {
        // Given
        String version = answers.publish("tier2: {id: guard, hold_characters: 20000, hold_ms: 60000}");

        // When an answer with a flagged word in it is asked for
        EventStream reader = answers.judgedBy(version, "Talk", MODEL);

        // Then
        assertThat(text(reader)).isEmpty();
        assertThat(types(reader)).endsWith("moderation", "cancelled");
        assertThat(reader.events().getLast().get("reason").textValue()).isEqualTo("blocked");
        assertThat(service.calls()).anyMatch(call -> call.api().equals("openai-moderations"));
    }

    @Test
    void aBlockClosesTheConnectionUpstream() {
        // Given
        String version = answers.publish("rules: [{id: vowel, literals: [the], action: block}]");

        // When
        EventStream reader = answers.judgedBy(version, "Talk for long", "sim?tps=100&tokens=5000&ttft=5");

        // Then
        assertThat(types(reader)).endsWith("moderation", "cancelled");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> house.simulator().calls().getLast().outcome() == SimulatedCall.Outcome.CLOSED_BY_CLIENT);
    }

    @Test
    void aRuleOnTheFirstTokensBringsARefinedAnswerUnderANewStart() {
        // Given
        String version = answers.publish("""
                rules: [{id: first, literals: [the], first_tokens: 50, action: regenerate, instruction: Do better., \
                max_attempts: 1}]
                """);

        // When
        EventStream reader = answers.judgedBy(version, "Talk", MODEL);

        // Then the second attempt, which is no better here, has a start of its own
        List<JsonNode> starts = reader.events().stream()
                .filter(event -> event.get("type").textValue().equals("message_start"))
                .toList();
        assertThat(starts).extracting(event -> event.get("attempt").intValue()).containsExactly(1, 2);
        assertThat(reader.events().stream()
                        .filter(event -> event.get("type").textValue().equals("moderation"))
                        .map(event -> event.at("/verdict/action").textValue()))
                .containsExactly("regenerate", "block");
        assertThat(house.simulator().calls().getLast().messages()).isGreaterThan(1);
    }

    @Test
    void anAuditShowsTheTextAndEndsTheAnswerBehindIt() {
        // Given
        String version = answers.publish("tier2: {id: guard, mode: audit}");

        // When
        EventStream reader = answers.judgedBy(version, "Talk", MODEL);

        // Then
        assertThat(text(reader)).isNotEmpty();
        assertThat(types(reader)).endsWith("moderation", "cancelled");
        assertThat(verdicts(reader)).containsExactly("block violence");
    }

    @Test
    void aPromptThatTheServiceObjectsToIsNeitherShownNorSent() {
        // Given
        String version = answers.publish("tier2: {id: guard, applies_to: [prompt]}");

        // When
        EventStream reader = answers.judgedBy(version, "Of the awful", MODEL);

        // Then
        assertThat(types(reader)).containsExactly("user_message", "moderation", "cancelled");
        assertThat(prompt(reader)).isEmpty();
        assertThat(reader.events().getLast().get("reason").textValue()).isEqualTo("prompt_blocked");
    }

    @Test
    void aPromptThatTheServiceLetsPassIsAnswered() {
        // Given rules of which every answer tells
        String version = answers.publish("""
                rules: [{id: mark, literals: [e], action: flag}]
                tier2: {id: guard, applies_to: [prompt]}
                """);
        long before = moderations();

        // When
        EventStream reader = answers.judgedBy(version, "Talk", MODEL);

        // Then
        assertThat(types(reader)).endsWith("message_stop");
        assertThat(prompt(reader)).isEqualTo("Talk");
        assertThat(moderations()).isGreaterThan(before);
    }

    private static long moderations() {
        return service.calls().stream()
                .filter(call -> call.api().equals("openai-moderations"))
                .count();
    }
}
