package dev.tokentape.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Screen;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StartProgressTest {

    @Test
    void whereNobodyWatchesEachStageIsALineThatSaysWhatIsStillAwaited() {
        // Given
        Screen screen = new Screen();
        StartProgress progress = new StartProgress(screen.terminal());
        progress.starting("Kafka");
        progress.starting("simulator");

        // When
        progress.because("Kafka recovers");
        progress.started("simulator", Duration.ofMillis(300));
        progress.started("Kafka", Duration.ofMillis(1200));
        progress.done();

        // Then
        assertThat(screen.err().lines().toList())
                .startsWith(
                        "starting Tokentape …",
                        "Kafka recovers",
                        "  simulator 0.3 s, waiting for Kafka",
                        "  Kafka 1.2 s")
                .last()
                .asString()
                .startsWith("started in");
        assertThat(screen.out()).isEmpty();
    }
}
