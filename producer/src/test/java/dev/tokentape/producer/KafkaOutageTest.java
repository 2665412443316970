package dev.tokentape.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tokentape.embeddedkafka.EmbeddedKafka;
import dev.tokentape.embeddedkafka.EmbeddedKafkaConfig;
import dev.tokentape.producer.testing.FakeCall;
import dev.tokentape.producer.testing.FakeProvider;
import dev.tokentape.producer.testing.Installation;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.event.TokenEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class KafkaOutageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final int MOST_ON_THEIR_WAY = 256;

    @TempDir
    private Path folder;

    @Test
    void anAnswerWaitsForKafkaToComeBackAndLosesNothing() throws Exception {
        // Given
        int tokens = 2_000;
        AtomicInteger read = new AtomicInteger();
        FakeProvider provider = new FakeProvider(call -> {
            call.begin();
            call.hold();
            for (int i = 0; i < tokens; i++) {
                call.piece(i + " ");
                read.incrementAndGet();
            }
            call.finish();
        });
        EmbeddedKafkaConfig broker =
                EmbeddedKafkaConfig.in(folder.resolve("kafka")).withPort(freePort());
        EmbeddedKafka before = EmbeddedKafka.start(broker);
        try (Installation installation = new Installation(before.bootstrapServers(), folder, "");
                TokenProducer producer = TokenProducer.start(
                        installation.config("producer.drain-timeout", "1s"), provider, new SimpleMeterRegistry())) {
            installation.send(Jobs.job("c-1"));
            FakeCall call = provider.nextCall();
            await().atMost(PATIENCE).until(() -> installation.journalOf("c-1").size() == 3);

            // When
            before.close();
            call.letGo();
            await().atMost(PATIENCE).during(Duration.ofSeconds(1)).until(() -> read.get() <= MOST_ON_THEIR_WAY);
            try (EmbeddedKafka after = EmbeddedKafka.start(broker)) {
                assertThat(after.bootstrapServers()).isEqualTo(before.bootstrapServers());
                await().atMost(PATIENCE)
                        .until(() -> installation.journalOf("c-1").stream().anyMatch(TokenEvent::isTerminal));

                // Then
                assertThat(producer.ready()).isTrue();
                assertThat(installation.journalOf("c-1").stream()
                                .filter(event -> !(event instanceof TokenEvent.Heartbeat))
                                .map(event -> event.envelope().sequence()))
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(0, tokens + 4).boxed().toList());
                producer.close();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
