package dev.tokentape.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.standalone.Frames;
import org.junit.jupiter.api.Test;

class TimingLineTest {

    @Test
    void eachHopStandsInItsColumn() {
        // When
        String line = TimingLine.of(Frames.frame(Frames.text(5, "so\\nit")));

        // Then: received at 1.1 s, published 0.4 ms later, read 2 ms after it was received
        assertThat(line.split(" {2,}"))
                .containsExactly("00:00:01.100000", "+0.400 ms", "+1.600 ms", "5", "content_block_delta \"so\\nit\"");
    }

    @Test
    void whatAnEventDoesNotTellIsADash() {
        // When
        String line = TimingLine.of(Frames.frame("{\"type\":\"gap\"}"));

        // Then
        assertThat(line.split(" +")).containsExactly("-", "-", "-", "-", "gap");
    }
}
