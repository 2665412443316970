package dev.tokentape.integration;

import static dev.tokentape.integration.RuledAnswers.text;
import static dev.tokentape.integration.RuledAnswers.types;
import static dev.tokentape.integration.RuledAnswers.verdicts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A moderation service that does not judge: what readers see is the policy's to say. */
class ModerationOutageTest {

    private static final String MODEL = "sim?tps=500&tokens=40&ttft=5";
    private static final String CLOSED = "tier2: {id: guard, hold_characters: 100000, max_hold: 100000}";
    private static final String OPEN =
            "tier2: {id: guard, hold_characters: 100000, max_hold: 100000, on_timeout: open}";

    private static Simulator service;

    @BeforeAll
    static void start() throws IOException {
        service = Simulator.start(SimulatorConfig.defaults().withPort(0));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    /** @param model how the simulator behaves as the moderation service */
    private static House house(String model, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("processor.moderation.url", service.baseUrl());
        settings.put("processor.moderation.model", model);
        House house = House.start(settings);
        house.processor();
        house.producer();
        return house;
    }

    @Test
    void aServiceThatIsSilentIsATimeOutAndAClosedGateShowsNothing() {
        try (House house = house("sim?ttft=60000", Map.of("processor.moderation.timeout", "300ms"))) {
            // Given
            RuledAnswers answers =
                    new RuledAnswers(house, new Client(house.gateway().url()));
            String version = answers.publish(CLOSED);

            // When
            EventStream reader = answers.judgedBy(version, "Talk", MODEL);

            // Then
            assertThat(text(reader)).isEmpty();
            assertThat(types(reader)).endsWith("moderation", "cancelled");
            assertThat(verdicts(reader)).containsExactly("block timeout");
        }
    }

    @Test
    void aServiceThatFailsIsLeftAloneAndThePolicyDecides() {
        try (House house = house(
                "sim?fault=http-error=500",
                Map.of("processor.moderation.breaker-failures", "2", "processor.moderation.breaker-pause", "1h"))) {
            // Given two failures
            RuledAnswers answers =
                    new RuledAnswers(house, new Client(house.gateway().url()));
            String closed = answers.publish(CLOSED);
            assertThat(verdicts(answers.judgedBy(closed, "Talk", MODEL))).containsExactly("block http_500");
            assertThat(verdicts(answers.answered("Talk", MODEL))).containsExactly("block http_500");
            int calls = service.calls().size();

            // When a third answer is asked for
            EventStream third = answers.answered("Talk", MODEL);

            // Then nobody is asked, and nothing shown
            assertThat(verdicts(third)).containsExactly("block circuit_open");
            assertThat(text(third)).isEmpty();
            assertThat(service.calls()).hasSize(calls);

            // When the policy is open
            EventStream shown = answers.judgedBy(answers.publish(OPEN), "Talk", MODEL);

            // Then
            assertThat(text(shown)).isNotEmpty();
            assertThat(types(shown)).endsWith("message_stop");
            assertThat(verdicts(shown)).containsExactly("flag circuit_open");
        }
    }
}
