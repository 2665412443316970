package dev.tokentape.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import org.junit.jupiter.api.Test;

class CheckoutTest {

    private final Screen screen = new Screen();

    private int run(String... arguments) {
        return Tokentape.run(screen.terminal(), Checkout.commands(screen.terminal()), arguments);
    }

    @Test
    void theHelpOfBenchListsTheBenchmarks() {
        // When
        int exit = run("bench", "--help");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.out())
                .contains("tokentape bench", "fanout", "pipeline", "replay", "faults", "Exit codes:", "130");
    }

    @Test
    void aSlipOfThePenIsToldWithWhatWasProbablyMeant() {
        // When
        int exit = run("bench", "fanuot");

        // Then
        assertThat(exit).isEqualTo(2);
        assertThat(screen.err().lines().findFirst())
                .contains("tokentape: there is no command 'fanuot'; did you mean fanout?");
    }

    @Test
    void whatTheModulesBelowAddIsThereToo() {
        // When
        run();

        // Then
        assertThat(screen.err()).contains("demo", "up", "simulator", "gateway", "completion");
    }
}
