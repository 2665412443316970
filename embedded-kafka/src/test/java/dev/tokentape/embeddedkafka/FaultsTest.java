package dev.tokentape.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;

class FaultsTest {
    @Test
    void kafkaEndingTheProcessEndsOnlyTheBroker() {
        try (Faults faults = new Faults()) {
            // When
            Throwable refusal = catchThrowable(() -> Exit.halt(1, "all log directories have failed"));

            // Then
            assertThat(refusal).isInstanceOf(IllegalStateException.class);
            assertThat(faults.fatal()).isCompleted();
            assertThat(faults.fatal().join()).hasMessageContaining("all log directories have failed");
        }
    }

    @Test
    void aFaultThatIsNotFatalOnlyRunsItsAction() {
        try (Faults faults = new Faults()) {
            // Given
            List<String> actions = new ArrayList<>();

            // When
            RuntimeException handled = faults.build("loader", false, () -> actions.add("count"))
                    .handleFault("one record skipped", new IllegalStateException("odd record"));

            // Then
            assertThat(actions).containsExactly("count");
            assertThat(handled).hasMessageContaining("one record skipped");
            assertThat(faults.fatal()).isNotCompleted();
        }
    }

    @Test
    void aFatalFaultIsReportedWithItsCause() {
        try (Faults faults = new Faults()) {
            // Given
            IllegalStateException cause = new IllegalStateException("disk gone");

            // When
            RuntimeException handled =
                    faults.build("controller", true, () -> {}).handleFault("cannot write", cause);

            // Then
            assertThat(handled).hasMessageContaining("cannot write").hasCause(cause);
            assertThat(faults.fatal().join()).isEqualTo(handled);
        }
    }
}
