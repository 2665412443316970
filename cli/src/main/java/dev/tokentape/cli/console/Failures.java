package dev.tokentape.cli.console;

import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.cli.client.GatewayUnreachable;
import dev.tokentape.processor.ProcessorException;
import dev.tokentape.schemas.codec.SchemaRegistryException;
import dev.tokentape.schemas.config.InvalidSettingsException;
import dev.tokentape.schemas.topic.TopicException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong into an exit code and a line that says what to do. */
public final class Failures {

    private static final int MOST_CAUSES = 20;

    private Failures() {}

    /** The code and the message for the user; anything not known is an internal error. */
    public static CommandFailure explain(Throwable thrown) {
        Throwable failure = unwrapped(thrown);
        return switch (failure) {
            case CommandFailure known -> known;
            case InvalidSettingsException e ->
                new CommandFailure(
                        ExitCode.USAGE, "the configuration is not right:\n  " + indented(e.getMessage()), thrown);
            case TopicException e -> topics(e, thrown);
            case SchemaRegistryException e -> unavailable(e.getMessage(), thrown);
            case ProcessorException e -> unavailable(e.getMessage(), thrown);
            case GatewayUnreachable e -> unavailable(e.getMessage(), thrown);
            case GatewayProblem e -> new CommandFailure(codeOf(e), String.valueOf(e.getMessage()), thrown);
            default -> byCause(failure, thrown);
        };
    }

    /** What the gateway cannot understand was given wrongly; what it understands and refuses is a failure. */
    private static ExitCode codeOf(GatewayProblem problem) {
        return switch (problem.status()) {
            case 400, 413, 414, 422 -> ExitCode.USAGE;
            default -> problem.status() >= 500 ? ExitCode.UNAVAILABLE : ExitCode.FAILED;
        };
    }

    private static CommandFailure topics(TopicException failure, Throwable thrown) {
        return causeOf(failure, TimeoutException.class) != null
                ? unavailable("the Kafka broker does not answer. Is it running, and is the address right?", thrown)
                : unavailable(failure.getMessage(), thrown);
    }

    private static CommandFailure byCause(Throwable failure, Throwable thrown) {
        if (causeOf(failure, BindException.class) != null) {
            return unavailable(failure.getMessage(), thrown);
        }
        if (causeOf(failure, ConnectException.class) != null) {
            return unavailable("no connection (" + failure.getMessage() + "). Is it running?", thrown);
        }
        if (causeOf(failure, TimeoutException.class) != null) {
            return unavailable("the Kafka broker does not answer (" + failure.getMessage() + ")", thrown);
        }
        if (failure instanceof IOException) {
            return unavailable("the connection failed (" + failure.getMessage() + ")", thrown);
        }
        return new CommandFailure(
                ExitCode.INTERNAL, "unexpected " + failure + ". This is a bug; -v shows where it happened.", thrown);
    }

    private static CommandFailure unavailable(@Nullable String message, Throwable thrown) {
        return new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(message), thrown);
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }

    private static <T extends Throwable> @Nullable T causeOf(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static String indented(@Nullable String message) {
        return String.valueOf(message).replace("\n", "\n  ");
    }
}
