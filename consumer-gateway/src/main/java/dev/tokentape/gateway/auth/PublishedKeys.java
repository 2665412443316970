package dev.tokentape.gateway.auth;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.tokentape.schemas.failure.Wordless;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's public keys, as it publishes them: fetched at the start, kept, and fetched again in the background.
 * Thread-safe.
 *
 * <pre>
 *            ┌──────────── fetched ◀───────────────────────────┐
 *            ▼                                                 │
 *   Asked (may be waited for) ──failed──▶ Away (nobody waits; asked again after 1, 2, 4 … 30 s)
 * </pre>
 *
 * Keys that are older than {@link #FRESH} are used on while newer ones are fetched, and for {@link #OUTAGE} while the
 * issuer is away. A token that names a key that is not among them has it looked for, {@value #LOOKS} times a minute at
 * most: whoever makes names up must not have the issuer asked each time.
 */
final class PublishedKeys implements JWKSource<SecurityContext> {

    static final Duration FRESH = Duration.ofMinutes(5);
    static final Duration OUTAGE = Duration.ofHours(4);
    static final int LOOKS = 4;

    private static final Logger log = LoggerFactory.getLogger(PublishedKeys.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** Where keys come from. */
    interface Issuer {
        /** Fetches them, in the caller's thread. */
        JWKSet keys() throws IOException, ParseException;
    }

    /** Keys and when they came. */
    private record Kept(JWKSet keys, long atNanos) {}

    private final Issuer issuer;
    private final LongSupplier nanoTime;
    private final Executor elsewhere;
    private @Nullable Kept kept;
    private @Nullable CompletableFuture<JWKSet> fetch;
    private @Nullable Duration pause;
    private long looksSince;
    private int looks;
    private boolean warned;
    private long warnedAt;
    private int failedFetches;
    private int refusals;

    /**
     * Begins to fetch.
     *
     * @param nanoTime like {@link System#nanoTime}
     * @param elsewhere where fetches are begun; once it is shut down none is
     */
    PublishedKeys(Issuer issuer, LongSupplier nanoTime, Executor elsewhere) {
        this.issuer = issuer;
        this.nanoTime = nanoTime;
        this.elsewhere = elsewhere;
        this.looksSince = nanoTime.getAsLong();
        refresh();
    }

    /** May wait for a fetch that is on its way, but not while the issuer is known to be away. */
    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        Kept now = fresh();
        if (now == null) {
            now = awaited();
        }
        List<JWK> found = selector.select(now.keys());
        if (!found.isEmpty() || !mayLook()) {
            return found;
        }
        try {
            return selector.select(awaited().keys());
        } catch (KeySourceException _) {
            // Those there are do not have it, and others cannot be had: the token is of no key that is known.
            return found;
        }
    }

    /** What there is, renewed in the background if it is old; null if there is none that may be used. */
    private synchronized @Nullable Kept fresh() {
        if (kept == null) {
            return null;
        }
        long age = nanoTime.getAsLong() - kept.atNanos();
        if (age > FRESH.toNanos() && pause == null) {
            refresh();
        }
        return age > FRESH.plus(OUTAGE).toNanos() ? null : kept;
    }

    /** The outcome of the fetch that is on its way, or of another; fails at once while the issuer is away. */
    private Kept awaited() throws KeySourceException {
        CompletableFuture<JWKSet> running;
        synchronized (this) {
            if (pause != null) {
                throw refused();
            }
            running = refresh();
        }
        try {
            running.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeySourceException("interrupted", e);
        } catch (ExecutionException | TimeoutException _) {
            throw refused();
        }
        synchronized (this) {
            if (kept == null) {
                throw refused();
            }
            return kept;
        }
    }

    private synchronized KeySourceException refused() {
        refusals++;
        warn("they are still asked for");
        return new KeySourceException("the issuer is away");
    }

    /** At most once a minute: an issuer that is away for an hour must not fill the log. */
    private void warn(String why) {
        long now = nanoTime.getAsLong();
        if (warned && now - warnedAt < MINUTE) {
            return;
        }
        log.atWarn()
                .addKeyValue("cause", why)
                .addKeyValue("failedFetches", failedFetches)
                .addKeyValue("uncheckedTokens", refusals)
                .addKeyValue("knownKeysLast", kept == null ? Duration.ZERO : OUTAGE)
                .log("the keys at gateway.auth.jwks-url cannot be had; counted since the last such warning");
        warned = true;
        warnedAt = now;
        failedFetches = 0;
        refusals = 0;
    }

    private synchronized boolean mayLook() {
        long now = nanoTime.getAsLong();
        if (now - looksSince > MINUTE) {
            looksSince = now;
            looks = 0;
        }
        return pause == null && looks++ < LOOKS;
    }

    private synchronized CompletableFuture<JWKSet> refresh() {
        if (fetch != null) {
            return fetch;
        }
        CompletableFuture<JWKSet> settled = begun().whenComplete(this::settle);
        // Who waits for this one sees what came of it.
        fetch = settled.isDone() ? null : settled;
        return settled;
    }

    private CompletableFuture<JWKSet> begun() {
        try {
            return CompletableFuture.supplyAsync(this::fetched, elsewhere)
                    .orTimeout(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The gateway is closing.
            return CompletableFuture.failedFuture(e);
        }
    }

    private JWKSet fetched() {
        try {
            return issuer.keys();
        } catch (IOException | ParseException e) {
            throw new CompletionException(e);
        }
    }

    private synchronized void settle(@Nullable JWKSet keys, @Nullable Throwable failure) {
        fetch = null;
        if (keys != null) {
            kept = new Kept(keys, nanoTime.getAsLong());
            if (pause != null) {
                log.info("the keys at gateway.auth.jwks-url can be had again");
            }
            pause = null;
            return;
        }
        failedFetches++;
        warn(Wordless.of(Objects.requireNonNull(failure)).kinds());
        Duration next = pause == null ? FIRST_PAUSE : pause.multipliedBy(2);
        pause = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
        CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, elsewhere)
                .execute(this::refresh);
    }
}
