package dev.tokentape.gateway.auth;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Asks callers who they are, and tells what they may do. Thread-safe; never blocks its caller. */
public final class Guard {

    /** Tokens that wait for published keys at once; those of further callers are refused. */
    static final int MOST_AT_ONCE = 256;

    private static final String BEARER = "bearer ";
    private static final String SUB_PROTOCOL = "bearer.";

    private final AuthConfig config;
    private final Executor elsewhere;
    private final Tickets tickets;
    private final @Nullable JwtTokens tokens;
    private final Grant anybody;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    /** @param elsewhere where published keys are waited for */
    public Guard(AuthConfig config, Executor elsewhere, Clock clock) {
        this.config = config;
        this.elsewhere = elsewhere;
        this.tickets = new Tickets(config.ticketSecret(), config.ticketLifetime(), clock);
        this.tokens = config.required() ? new JwtTokens(config, elsewhere) : null;
        this.anybody = Grant.ofAnybody(!config.hideThinking());
    }

    /**
     * What the sender of a request may do: by its token in the {@code Authorization} header, or among the sub-protocols
     * of a WebSocket handshake, or by its ticket.
     *
     * @param ticket of the address; null if there is none, or the address takes none
     * @return failed with a problem if it does not, or not rightly, say who it is
     */
    public CompletionStage<Grant> admit(HttpHeaders headers, @Nullable String ticket) {
        if (tokens == null) {
            return CompletableFuture.completedStage(anybody);
        }
        try {
            String token = token(headers);
            if (token != null) {
                return read(token);
            }
            if (ticket != null) {
                return CompletableFuture.completedStage(tickets.read(ticket));
            }
            throw Unauthenticated.missing();
        } catch (ProblemException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** What a token, or a ticket, gives; failed with a problem if it is none that is good here now. */
    public CompletionStage<Grant> read(String token) {
        JwtTokens reader = tokens;
        if (reader == null) {
            return CompletableFuture.completedStage(anybody);
        }
        try {
            if (Tickets.looksLikeOne(token)) {
                return CompletableFuture.completedStage(tickets.read(token));
            }
            if (config.keys() instanceof AuthConfig.Keys.Secret) {
                return CompletableFuture.completedStage(reader.read(token));
            }
        } catch (ProblemException e) {
            return CompletableFuture.failedStage(e);
        }
        return readElsewhere(reader, token);
    }

    private CompletionStage<Grant> readElsewhere(JwtTokens reader, String token) {
        if (!places.tryAcquire()) {
            return CompletableFuture.failedStage(
                    Problem.overloaded("%d tokens are being checked; repeat the request later".formatted(MOST_AT_ONCE))
                            .asException());
        }
        return CompletableFuture.supplyAsync(() -> reader.read(token), elsewhere)
                .whenComplete((_, _) -> places.release());
    }

    /** What those may do who are not asked who they are. */
    public Grant anybody() {
        return anybody;
    }

    /** A ticket for what a grant allows. */
    public Ticket ticket(Grant grant) {
        return tickets.issue(grant);
    }

    /** How long before a grant's end its holder is warned. */
    public Duration warning() {
        return config.warning();
    }

    private static @Nullable String token(HttpHeaders headers) {
        List<String> given = headers.getAll("Authorization");
        if (given.size() > 1) {
            throw Problem.invalidParameter(
                            "Authorization", "the header is given %d times; give it once".formatted(given.size()))
                    .asException();
        }
        if (given.size() == 1) {
            String value = given.getFirst().strip();
            if (!value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                throw Unauthenticated.because("the Authorization header is not of the form 'Bearer TOKEN'");
            }
            return value.substring(BEARER.length()).strip();
        }
        for (String line : headers.getAll("Sec-WebSocket-Protocol")) {
            for (String offered : line.split(",", -1)) {
                if (offered.strip().startsWith(SUB_PROTOCOL)) {
                    return offered.strip().substring(SUB_PROTOCOL.length());
                }
            }
        }
        return null;
    }
}
