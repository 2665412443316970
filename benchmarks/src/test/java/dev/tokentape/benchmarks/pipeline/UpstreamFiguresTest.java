package dev.tokentape.benchmarks.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UpstreamFiguresTest {

    @Test
    void aMachineThatCarriesAllItIsAskedForIsSaidToSustainIt() {
        // Given 100 streams at 20 tokens/s of which all events came, and all answers ended
        UpstreamFigures figures = figures(1_998, 0);

        // When they are printed
        String printed = String.join("\n", figures.lines());

        // Then
        assertThat(printed).containsPattern("verdict +sustained");
        assertThat(figures.json().path("sustained").asBoolean()).isTrue();
    }

    @Test
    void aMachineThatIsTooSlowSaysWhatItCarriedAndWhatWasLeft() {
        // Given half of the events, and three answers that had not ended in time
        UpstreamFigures figures = figures(1_000, 3);

        // When they are printed
        String printed = String.join("\n", figures.lines());

        // Then
        assertThat(printed).contains("carried 50 % of the events", "3 answers had not ended", "1,000 / s of 2,000");
        assertThat(figures.json().path("sustained").asBoolean()).isFalse();
    }

    @Test
    void theProcessorTimeOfEachProcessIsToldByItself() {
        // Given a second in which the producer took 40 %, half of that compiling, and others 60 %
        UpstreamFigures figures = figures(2_000, 0);

        // When they are printed
        String printed = String.join("\n", figures.lines());

        // Then
        assertThat(printed)
                .containsPattern("producer CPU +40 % of a core, 200 µs an event, of it compiling 20 % of a core")
                .containsPattern("simulator CPU +20 % of a core, 100 µs an event")
                .containsPattern("broker CPU +10 % of a core, 50 µs an event")
                .containsPattern("others' CPU +60 % of a core");
    }

    private static UpstreamFigures figures(double eventsPerSecond, long unfinished) {
        ProcessorTime before = new ProcessorTime(1, 1, 1, 1, 1, 1);
        ProcessorTime after = new ProcessorTime(400_001, 200_001, 200_001, 100_001, 1_300_001, 1_000_001);
        return new UpstreamFigures(
                100, 20, 0, 1, 100, unfinished, eventsPerSecond, after.since(before), 1, 1, 1, 2, 3, 4);
    }
}
