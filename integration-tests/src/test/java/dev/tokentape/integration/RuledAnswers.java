package dev.tokentape.integration;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Answers of a house, and the rules that they are judged by. */
final class RuledAnswers {

    private final House house;
    private final Client client;

    RuledAnswers(House house, Client client) {
        this.house = house;
        this.client = client;
    }

    /** The rules are in force when an answer is judged by them; until then a few more may go by the old ones. */
    String publish(String yaml) {
        return RulePublisher.publish(
                        KafkaSettings.from(Settings.of(Map.of("kafka.bootstrap.servers", house.bootstrapServers()))),
                        house.catalogue(),
                        yaml)
                .version();
    }

    EventStream answered(String prompt, String model) {
        String conversation = "c-" + UUID.randomUUID();
        JsonNode asked = client.ask(conversation, prompt, model);
        EventStream reader =
                client.answer(conversation, asked.get("response_id").textValue());
        reader.awaitClosed();
        return reader;
    }

    /** The first answer in which a verdict of these rules stands. */
    EventStream judgedBy(String version, String prompt, String model) {
        EventStream[] last = new EventStream[1];
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            last[0] = answered(prompt, model);
            return last[0].events().stream()
                    .anyMatch(event ->
                            version.equals(event.at("/verdict/rule_set_version").asText("")));
        });
        return last[0];
    }

    static List<String> types(EventStream reader) {
        return reader.events().stream()
                .map(event -> event.get("type").textValue())
                .toList();
    }

    static String text(EventStream reader) {
        return reader.text(reader.events().getLast().get("response_id").textValue());
    }

    /** What the verdicts of an answer say, each {@code action category}. */
    static List<String> verdicts(EventStream reader) {
        return reader.events().stream()
                .filter(event -> event.get("type").textValue().equals("moderation"))
                .map(event -> event.at("/verdict/action").textValue() + " "
                        + event.at("/verdict/category").textValue())
                .toList();
    }

    static String prompt(EventStream reader) {
        return reader.events().stream()
                .filter(event -> event.get("type").textValue().equals("user_message"))
                .findFirst()
                .orElseThrow()
                .get("text")
                .textValue();
    }
}
