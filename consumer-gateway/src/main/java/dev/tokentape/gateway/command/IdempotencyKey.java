package dev.tokentape.gateway.command;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client names a request by, so that repeating it is harmless. */
public final class IdempotencyKey {

    private static final Pattern VALID = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private IdempotencyKey() {}

    /** @throws ProblemException if it is not 1 to 255 visible ASCII characters */
    public static @Nullable String checked(@Nullable String key) {
        if (key != null && !VALID.matcher(key).matches()) {
            throw Problem.invalidParameter("Idempotency-Key", "an idempotency key is 1 to 255 visible ASCII characters")
                    .asException();
        }
        return key;
    }
}
