package dev.tokentape.gateway.history;

import dev.tokentape.gateway.problem.Problem;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletionException;

/** Why one instance of the processor has not told what it was asked. */
enum NoReply {
    UNREACHABLE("could not be reached"),
    SLOW("did not answer in time"),
    BROKEN("broke the connection off"),
    STARTING("answered that it is starting"),
    MOVING("answered that partitions are moving between processors"),
    OWNER_AWAY("answered that the one which holds the conversation does not answer"),
    FAILED("answered with an error"),
    UNREADABLE("gave an answer that cannot be read");

    private final String words;

    NoReply(String words) {
        this.words = words;
    }

    /** An answer that tells nothing, on its way through futures. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final NoReply kind;

        Refusal(NoReply kind) {
            super(kind.words, null, false, false);
            this.kind = kind;
        }
    }

    static NoReply of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case Refusal refusal -> refusal.kind;
            case HttpConnectTimeoutException _ -> UNREACHABLE;
            case ConnectException _ -> UNREACHABLE;
            case UnresolvedAddressException _ -> UNREACHABLE;
            case HttpTimeoutException _ -> SLOW;
            default -> BROKEN;
        };
    }

    /** What a client is told when nobody who was asked could tell. Internal addresses are left out. */
    static Problem problem(Collection<NoReply> each) {
        if (each.stream().allMatch(UNREACHABLE::equals)) {
            return Problem.processorUnavailable(
                    "no processor could be reached at gateway.processor-urls; repeat the request, and see "
                            + "that one runs");
        }
        Map<NoReply, Integer> counts = new EnumMap<>(NoReply.class);
        each.forEach(one -> counts.merge(one, 1, Integer::sum));
        StringJoiner parts = new StringJoiner(", ");
        counts.forEach((kind, count) -> parts.add(count + " " + kind.words));
        return Problem.processorUnavailable("of %d processors %s; repeat the request".formatted(each.size(), parts));
    }
}
