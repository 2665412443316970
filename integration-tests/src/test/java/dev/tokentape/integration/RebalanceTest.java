package dev.tokentape.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.processor.TokenProcessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What readers see when processors come and go while answers run: nothing. */
class RebalanceTest {

    private static final int ANSWERS = 12;
    private static final String MODEL = "sim?tps=40&tokens=240&ttft=20";

    @Test
    void readersSeeNothingOfProcessorsThatJoinAndLeave() {
        try (House house = House.start(Map.of("topics.partitions", "4"))) {
            // Given answers under way on one processor
            TokenProcessor first = house.processor();
            house.producer();
            Client client = new Client(house.gateway().url());
            Map<String, EventStream> readers = new LinkedHashMap<>();
            List<String> responses = new ArrayList<>();
            for (int i = 0; i < ANSWERS; i++) {
                JsonNode asked = client.ask("rebalance-" + i, "The same for everybody", MODEL);
                responses.add(asked.get("response_id").textValue());
                readers.put(responses.getLast(), client.answer("rebalance-" + i, responses.getLast()));
            }
            readers.values().forEach(reader -> reader.awaitEvents(20));

            // When another one joins, and the first one leaves
            house.processor();
            readers.values().forEach(reader -> reader.awaitEvents(60));
            first.close();
            readers.values().forEach(EventStream::awaitClosed);

            // Then
            String said = client.askAndWait(
                            "rebalance-twin", "The same for everybody", "sim?tps=5000&tokens=240&ttft=1")
                    .get("text")
                    .textValue();
            readers.forEach((response, reader) -> {
                List<Long> sequences = reader.sequences(response);
                assertThat(sequences)
                        .isEqualTo(LongStream.range(0, sequences.size()).boxed().toList());
                assertThat(reader.events().getLast().get("type").textValue()).isEqualTo("message_stop");
                assertThat(reader.text(response)).isEqualTo(said);
            });
        }
    }
}
