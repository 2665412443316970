package dev.tokentape.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnfinishedTest {

    @ParameterizedTest
    @CsvSource({"0,''", "1,'finishing 1 answer, up to 20s'", "2,'finishing 2 answers, up to 20s'"})
    void whatIsFinishedFirstIsSaidInWords(int running, String said) {
        assertThat(Unfinished.answers(running, Duration.ofSeconds(20))).isEqualTo(said);
    }
}
