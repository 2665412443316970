package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.simulator.SimulatedCall;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.SimulatorConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules and a moderation service, from the reader's side: what is shown, what is not, and what happens upstream. */
class ModerationTest {

    private static final String MODEL = "sim?tps=500&tokens=60&ttft=5";

    private static Simulator service;
    private static House house;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        service = Simulator.start(
                SimulatorConfig.defaults().withPort(0).withTimeToFirstToken(5).withFlaggedWords(List.of("the")));
        house = House.start(
                Map.of("processor.moderation.url", service.baseUrl(), "processor.moderation.timeout", "5s"));
        house.processor();
        house.producer();
        client = new Client(house.gateway().url());
    }

    @AfterAll
    static void stop() {
        house.close();
        service.close();
    }

    /** The rules are in force when an answer is judged by them; until then a few more may go by the old ones. */
    private static String publish(String yaml) {
        String version = RulePublisher.publish(
                        KafkaSettings.from(Settings.of(Map.of("kafka.bootstrap.servers", house.bootstrapServers()))),
                        house.catalogue(),
                        yaml)
                .version();
        return version;
    }

    private static EventStream answered(String prompt, String model) {
        String conversation = "c-" + UUID.randomUUID();
        JsonNode asked = client.ask(conversation, prompt, model);
        EventStream reader =
                client.answer(conversation, asked.get("response_id").textValue());
        reader.awaitClosed();
        return reader;
    }

    private static List<String> types(EventStream reader) {
        return reader.events().stream()
                .map(event -> event.get("type").textValue())
                .toList();
    }

    private static String text(EventStream reader) {
        return reader.text(reader.events().getLast().get("response_id").textValue());
    }

    private static EventStream judgedBy(String version, String prompt, String model) {
        EventStream[] last = new EventStream[1];
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            last[0] = answered(prompt, model);
            return last[0].events().stream()
                    .anyMatch(event ->
                            version.equals(event.at("/verdict/rule_set_version").asText("")));
        });
        return last[0];
    }

    @Test
    void aServicesObjectionEndsTheAnswerBeforeAnythingOfItIsShown() {
        // Given
        String version = publish("tier2: {id: guard, hold_characters: 20000, hold_ms: 60000}");

        // When an answer with a flagged word in it is asked for
        EventStream reader = judgedBy(version, "Talk", MODEL);

        // Then
        assertThat(text(reader)).isEmpty();
        assertThat(types(reader)).endsWith("moderation", "cancelled");
        assertThat(reader.events().getLast().get("reason").textValue()).isEqualTo("blocked");
        assertThat(service.calls()).anyMatch(call -> call.api().equals("openai-moderations"));
    }

    @Test
    void aBlockClosesTheConnectionUpstream() {
        // Given
        String version = publish("rules: [{id: vowel, literals: [the], action: block}]");

        // When
        EventStream reader = judgedBy(version, "Talk for long", "sim?tps=100&tokens=5000&ttft=5");

        // Then
        assertThat(types(reader)).endsWith("moderation", "cancelled");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> house.simulator().calls().getLast().outcome() == SimulatedCall.Outcome.CLOSED_BY_CLIENT);
    }

    @Test
    void aRuleOnTheFirstTokensBringsARefinedAnswerUnderANewStart() {
        // Given
        String version = publish("""
                rules: [{id: first, literals: [the], first_tokens: 50, action: regenerate, instruction: Do better., max_attempts: 1}]
                """);

        // When
        EventStream reader = judgedBy(version, "Talk", MODEL);

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
}
