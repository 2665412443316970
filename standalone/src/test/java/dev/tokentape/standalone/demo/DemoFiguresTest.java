package dev.tokentape.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.Frames;
import dev.tokentape.cli.client.EventFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoFiguresTest {

    @Test
    void thePaceIsThatOfTheContentOnly() {
        // Given: content at 40, 60 and 80 ms after the request, each read 2 ms after it was received
        List<EventFrame> frames =
                Frames.answer("It ", "is ", "so.").stream().map(Frames::frame).toList();

        // When
        DemoFigures figures = DemoFigures.of(frames, 1_030_000);

        // Then
        assertThat(figures.events()).isEqualTo(3);
        assertThat(figures.provider()).isEqualTo(new DemoFigures.Pace(40_000, 20_000, 20_000, 50, 80_000));
        assertThat(figures.reader()).isEqualTo(new DemoFigures.Pace(12_000, 20_000, 20_000, 50, 52_000));
        assertThat(figures.addedP50()).isEqualTo(2_000);
        assertThat(figures.addedP99()).isEqualTo(2_000);
    }

    @Test
    void percentilesAreValuesThatWereMeasured() {
        // Given
        long[] sorted = {1, 2, 3, 4, 5, 6, 7, 8, 9, 100};

        // Then
        assertThat(DemoFigures.percentile(sorted, 50)).isEqualTo(5);
        assertThat(DemoFigures.percentile(sorted, 99)).isEqualTo(100);
        assertThat(DemoFigures.percentile(new long[] {7}, 50)).isEqualTo(7);
        assertThat(DemoFigures.percentile(new long[0], 50)).isZero();
    }

    @Test
    void anAnswerWithoutContentHasNoFigures() {
        assertThatThrownBy(() -> DemoFigures.of(List.of(Frames.frame(Frames.stop(0))), 0))
                .isInstanceOf(DemoException.class);
    }

    @Test
    void theTableNamesTheFiguresWithTheirUnits() {
        // Given
        DemoFigures figures = DemoFigures.of(
                Frames.answer("It ", "is ", "so.").stream().map(Frames::frame).toList(), 1_030_000);

        // When
        List<String> table = new FiguresTable(figures, figures).lines();

        // Then
        assertThat(table).anyMatch(line -> line.matches("TTFT .* 40\\.0 ms +12\\.0 ms +40\\.0 ms +12\\.0 ms"));
        assertThat(table).anyMatch(line -> line.matches("TPS .* 50\\.0 +50\\.0 +50\\.0 +50\\.0"));
        assertThat(table).anyMatch(line -> line.matches("added by the pipeline, p99 +2\\.0 ms +2\\.0 ms"));
        assertThat(FiguresTable.time(1_234_567)).isEqualTo("1.23 s");
    }
}
