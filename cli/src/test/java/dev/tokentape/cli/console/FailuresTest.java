package dev.tokentape.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.topic.TopicException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new InvalidSettingsException(List.of("one", "two")), ExitCode.USAGE, "one\n  two"),
                Arguments.of(new TopicException("topic x is missing"), ExitCode.UNAVAILABLE, "topic x is missing"),
                Arguments.of(
                        new TopicException("refused", new TimeoutException("slow")),
                        ExitCode.UNAVAILABLE,
                        "does not answer"),
                Arguments.of(new ConnectException("refused"), ExitCode.UNAVAILABLE, "Is it running?"),
                Arguments.of(
                        new IllegalStateException("port 80 is taken", new BindException("in use")),
                        ExitCode.UNAVAILABLE,
                        "port 80 is taken"),
                Arguments.of(new IOException("reset"), ExitCode.UNAVAILABLE, "reset"),
                Arguments.of(new GatewayProblem(404, "no such response"), ExitCode.FAILED, "no such response"),
                Arguments.of(new GatewayProblem(400, "no cursor"), ExitCode.USAGE, "no cursor"),
                Arguments.of(new GatewayProblem(503, "overloaded"), ExitCode.UNAVAILABLE, "overloaded"),
                Arguments.of(new CommandFailure(ExitCode.USAGE, "so not"), ExitCode.USAGE, "so not"),
                Arguments.of(new IllegalStateException("odd"), ExitCode.INTERNAL, "-v shows where"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureBecomesACodeAndAMessage(Throwable thrown, ExitCode code, String message) {
        // When
        CommandFailure explained = Failures.explain(thrown);

        // Then
        assertThat(explained.exitCode()).isEqualTo(code);
        assertThat(explained).hasMessageContaining(message);
    }

    @Test
    void aFailureOfAnotherThreadIsUnwrapped() {
        // When
        CommandFailure explained =
                Failures.explain(new CompletionException(new CommandFailure(ExitCode.FAILED, "the check failed")));

        // Then
        assertThat(explained.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(explained).hasMessage("the check failed");
    }
}
