package dev.tokentape.schemas.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseStackTest {

    private final List<String> closed = new ArrayList<>();
    private final CloseStack parts = new CloseStack();

    private AutoCloseable part(String name) {
        return () -> closed.add(name);
    }

    @Test
    void partsAreClosedOnceInReverseOrder() {
        // Given
        parts.push("broker", part("broker"));
        parts.push("gateway", part("gateway"));

        // When
        parts.close();
        parts.close();

        // Then
        assertThat(closed).containsExactly("gateway", "broker");
    }

    @Test
    void aPartThatFailsToCloseKeepsNoOtherFromIt() {
        // Given
        parts.push("broker", part("broker"));
        parts.push("gateway", () -> {
            throw new IllegalStateException("stuck");
        });

        // When
        parts.close();

        // Then
        assertThat(closed).containsExactly("broker");
    }

    @Test
    void anInterruptWhileClosingIsKeptForTheCaller() {
        // Given
        parts.push("broker", part("broker"));
        parts.push("gateway", () -> {
            throw new InterruptedException();
        });

        // When
        parts.close();

        // Then
        assertThat(Thread.interrupted()).isTrue();
        assertThat(closed).containsExactly("broker");
    }

    @Test
    void aPartThatIsUpTooLateIsClosedAtOnce() {
        // Given
        parts.close();

        // When
        assertThatThrownBy(() -> parts.push("gateway", part("gateway")))

                // Then
                .hasMessageContaining("gateway");
        assertThat(closed).containsExactly("gateway");
    }
}
