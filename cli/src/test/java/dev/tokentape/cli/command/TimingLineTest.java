package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Frames;
import org.junit.jupiter.api.Test;

class TimingLineTest {

    @Test
    void eachHopStandsInItsColumn() {
        // When
        String line = new TimingLine(0).of(Frames.frame(Frames.text(5, "so\\nit")));

        // Then: received at 1.1 s, published 0.4 ms later, read 2 ms after it was received
        assertThat(line.split(" {2,}"))
                .containsExactly("00:00:01.100000", "+0.400 ms", "+1.600 ms", "5", "content_block_delta \"so\\nit\"");
    }

    @Test
    void whatAnEventDoesNotTellIsADash() {
        // When
        String line = new TimingLine(0).of(Frames.frame("{\"type\":\"gap\"}"));

        // Then
        assertThat(line.split(" +")).containsExactly("-", "-", "-", "-", "gap");
    }

    @Test
    void howLateAnEarlierEventWasReadIsNotTold() {
        // Given an event published before the reading began
        TimingLine line = new TimingLine(1_100_401);

        // When
        String printed = line.of(Frames.frame(Frames.text(5, "so")));

        // Then
        assertThat(printed.split(" {2,}")).contains("+0.400 ms", "-").doesNotContain("+1.600 ms");
    }
}
