package dev.tokentape.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When keys are fetched, and who waits for them; fetches are run by the test, and so is the clock. */
class PublishedKeysFetchingTest {

    private final AtomicLong nanos = new AtomicLong();
    private boolean away;
    private String published = "one";
    private int fetches;
    private final Executor atOnce = Runnable::run;

    private PublishedKeys keys() {
        return new PublishedKeys(this::fetch, nanos::get, atOnce);
    }

    private JWKSet fetch() throws IOException {
        fetches++;
        if (away) {
            throw new IOException("away");
        }
        return new JWKSet(
                new OctetSequenceKey.Builder(new byte[32]).keyID(published).build());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static List<JWK> ask(PublishedKeys keys, String id) throws KeySourceException {
        return keys.get(new JWKSelector(new JWKMatcher.Builder().keyID(id).build()), null);
    }

    @Test
    void keysAreFetchedAtTheStartAndKept() throws KeySourceException {
        // Given keys that were asked for often
        PublishedKeys keys = keys();
        for (int i = 0; i < 100; i++) {
            assertThat(ask(keys, "one")).hasSize(1);
        }

        // When they have become old
        pass(PublishedKeys.FRESH.plusSeconds(1));
        ask(keys, "one");

        // Then they were fetched once before, and once after
        assertThat(fetches).isEqualTo(2);
    }

    @Test
    void aKeyThatIsNotAmongThemIsLookedForAFewTimesAMinute() throws KeySourceException {
        // Given keys
        PublishedKeys keys = keys();

        // When names are made up
        for (int i = 0; i < 100; i++) {
            assertThat(ask(keys, "made-up-" + i)).isEmpty();
        }
        int inOneMinute = fetches;
        pass(Duration.ofMinutes(2));
        published = "two";

        // Then the issuer was not asked each time, and a new key is found in the next minute
        assertThat(inOneMinute).isEqualTo(1 + PublishedKeys.LOOKS);
        assertThat(ask(keys, "two")).hasSize(1);
    }

    @Test
    void nobodyHasTheIssuerAskedWhileItIsKnownToBeAway() {
        // Given an issuer that is away from the start
        away = true;
        PublishedKeys keys = keys();

        // When many ask
        for (int i = 0; i < 1_000; i++) {
            assertThatThrownBy(() -> ask(keys, "one")).isInstanceOf(KeySourceException.class);
        }

        // Then each was told at once, from what the first fetch had shown
        assertThat(fetches).isEqualTo(1);
    }

    @Test
    void keysThatAreKnownAreUsedWhileTheIssuerIsAwayForAsLongAsIsAllowed() throws KeySourceException {
        // Given keys, and an issuer that has gone since
        PublishedKeys keys = keys();
        away = true;

        // When hours pass
        pass(PublishedKeys.OUTAGE);
        assertThat(ask(keys, "one")).hasSize(1);
        pass(PublishedKeys.FRESH.plusSeconds(1));

        // Then the keys were good until now
        assertThatThrownBy(() -> ask(keys, "one")).isInstanceOf(KeySourceException.class);
    }

    @Test
    void onceTheGatewayClosesNothingIsFetched() {
        // Given an executor that takes nothing any more
        Executor closed = task -> {
            throw new RejectedExecutionException();
        };

        // When keys are asked for
        PublishedKeys keys = new PublishedKeys(this::fetch, nanos::get, closed);

        // Then that is refused like any failure
        assertThatThrownBy(() -> ask(keys, "one")).isInstanceOf(KeySourceException.class);
        assertThat(fetches).isZero();
    }
}
