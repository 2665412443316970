package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerRestartTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    @Test
    void anAnswerGoesOnAfterTheBrokerWasRestarted() {
        try (Cluster cluster = new Cluster(directory);
                TokenProcessor processor = TokenProcessor.start(
                        ProcessorConfig.from(Settings.of(cluster.settings("restarted"))), new SimpleMeterRegistry())) {
            // Given half an answer on the tape
            Entries answer = new Entries("c1", "r1");
            Entries.Run run = answer.run(1, "run-a");
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            cluster.journal(answer.request("hello"));
            cluster.journal(run.taken());
            cluster.journal(run.start());
            cluster.journal(run.blockStart(0, BlockType.TEXT));
            for (int i = 0; i < 50; i++) {
                cluster.journal(run.text(i + " "));
            }
            cluster.flush();
            await().atMost(PATIENCE).until(() -> tape.poll().size() >= 53);

            // When the broker is restarted, and the other half follows
            cluster.restartBroker();
            for (int i = 50; i < 100; i++) {
                cluster.journal(run.text(i + " "));
            }
            cluster.journal(run.blockStop(0));
            cluster.journal(run.stop());
            cluster.flush();
            await().atMost(PATIENCE).until(() -> tape.events().stream().anyMatch(TokenEvent::isTerminal));

            // Then nothing is missing, and what stands there twice is the same
            List<TokenEvent> seen = new ArrayList<>();
            for (TokenEvent event : tape.events()) {
                int sequence = (int) event.envelope().sequence();
                if (sequence < seen.size()) {
                    assertThat(event).isEqualTo(seen.get(sequence));
                } else {
                    seen.add(event);
                }
            }
            assertThat(seen)
                    .extracting(event -> event.envelope().sequence())
                    .containsExactlyElementsOf(LongStream.range(0, 105).boxed().toList());
            assertThat(seen.getLast()).isInstanceOf(TokenEvent.MessageStop.class);
            assertThat(processor.ready()).isTrue();
        }
    }
}
