package dev.tokentape.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    private static final Set<String> KNOWN = Set.of("gateway.port", "gateway.host", "producer.max-runs");

    @ParameterizedTest
    @CsvSource({"'',abc,3", "abc,abc,0", "abc,abd,1", "abc,ab,1", "ab,abc,1", "kitten,sitting,3", "tsp,tps,1"})
    void theDistanceIsTheNumberOfLettersToChange(String one, String other, int distance) {
        assertThat(Nearest.distance(one, other)).isEqualTo(distance);
    }

    @ParameterizedTest
    @CsvSource({"gateway.prt,gateway.port", "gateway.hots,gateway.host", "producer.maxruns,producer.max-runs"})
    void aSlipFindsWhatWasMeant(String written, String meant) {
        assertThat(Nearest.to(written, KNOWN)).contains(meant);
    }

    @Test
    void whatIsFarFromAllIsNoneOfThem() {
        assertThat(Nearest.to("colour", KNOWN)).isEmpty();
    }
}
