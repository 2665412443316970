package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A producer that was taken for dead and goes on sending. */
class ZombieTest {

    private static final String SLOW = "sim?tps=40&tokens=300&ttft=20";

    @Test
    void aRunThatGoesOnAfterItsAttemptWasLostIsNotHeardAndIsToldToStop() {
        try (House house = House.start()) {
            // Given an answer half-way, whose producer stands still until another one has taken its next attempt
            house.processor();
            ServiceProcess zombie = house.producerProcess();
            Client client = new Client(house.gateway().url());
            String response = Client.parse(client.postBody(
                                    "zombie",
                                    Map.of("prompt", "Again", "model", SLOW, "on_attempt_lost", "restart"),
                                    Map.of())
                            .body())
                    .get("response_id")
                    .textValue();
            EventStream reader = client.answer("zombie", response);
            reader.awaitEvents(40);
            zombie.pause();
            house.producer();
            reader.awaitUntil(its -> starts(its) == 2);
            long offset = journalEnd(house);

            // When it goes on
            zombie.resume();
            reader.awaitClosed();

            // Then it has spoken, and nobody has heard it
            assertThat(attemptsSince(house, response, offset)).contains(1, 2);
            List<Long> sequences = reader.sequences(response);
            assertThat(sequences)
                    .isEqualTo(LongStream.range(0, sequences.size()).boxed().toList());
            assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
            assertThat(reader.text(response))
                    .isEqualTo(client.askAndWait("zombie-twin", "Again", "sim?tps=5000&tokens=300&ttft=1")
                            .get("text")
                            .textValue());
            assertThat(house.read(Topic.CONTROL))
                    .extracting(record -> house.codec().decode(record.value(), ControlCommand.class))
                    .anyMatch(order -> order.getType() == ControlType.STOP_RUN
                            && order.getResponseId().equals(response));
        }
    }

    private static long starts(EventStream reader) {
        return reader.events().stream()
                .filter(event -> event.get("type").textValue().equals("message_start"))
                .count();
    }

    private static long journalEnd(House house) {
        return house.read(Topic.JOURNAL).size();
    }

    /** Of the runs that have said anything of this answer behind the first so many records of the journal. */
    private static Set<Integer> attemptsSince(House house, String response, long records) {
        return house.read(Topic.JOURNAL).stream()
                .skip(records)
                .map(record -> house.codec().decode(record.value()))
                .filter(TokenEvent.class::isInstance)
                .map(event -> ((TokenEvent) event).envelope())
                .filter(envelope -> envelope.responseId().equals(response) && envelope.runId() != null)
                .map(Envelope::attempt)
                .collect(Collectors.toSet());
    }
}
