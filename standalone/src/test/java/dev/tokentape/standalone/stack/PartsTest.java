package dev.tokentape.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {

    private final List<String> closed = new ArrayList<>();
    private final Parts parts = new Parts();

    private AutoCloseable part(String name) {
        return () -> closed.add(name);
    }

    @Test
    void partsAreClosedOnceInReverseOrder() {
        // Given
        parts.add("broker", part("broker"));
        parts.add("gateway", part("gateway"));

        // When
        parts.close();
        parts.close();

        // Then
        assertThat(closed).containsExactly("gateway", "broker");
    }

    @Test
    void aPartThatFailsToCloseKeepsNoOtherFromIt() {
        // Given
        parts.add("broker", part("broker"));
        parts.add("gateway", () -> {
            throw new IllegalStateException("stuck");
        });

        // When
        parts.close();

        // Then
        assertThat(closed).containsExactly("broker");
    }

    @Test
    void aPartThatIsUpTooLateIsClosedAtOnce() {
        // Given
        parts.close();

        // When
        assertThatThrownBy(() -> parts.add("gateway", part("gateway")))

                // Then
                .hasMessageContaining("gateway");
        assertThat(closed).containsExactly("gateway");
    }
}
