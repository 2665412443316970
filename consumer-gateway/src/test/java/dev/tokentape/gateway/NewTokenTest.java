package dev.tokentape.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.gateway.auth.NewToken;
import dev.tokentape.gateway.auth.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens that we make ourselves, at a gateway that has the secret. */
class NewTokenTest {

    private final TestGateway gateway = new TestGateway(
            Tokens.VARIABLE, Tokens.SECRET, "gateway.auth.issuer", "us", "gateway.auth.audience", "gateway");

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static NewToken token(@Nullable String issuer, Instant expiresAt) {
        return new NewToken("ann", Set.of(Scope.READ), List.of("ann-*"), expiresAt, issuer, "gateway");
    }

    private int read(String conversation, NewToken token) {
        return gateway.send(gateway.request("/v1/conversations/" + conversation)
                        .header("Authorization", "Bearer " + token.signed(Tokens.SECRET.getBytes(UTF_8)))
                        .build())
                .statusCode();
    }

    @Test
    void itAllowsWhatItSaysAndNoMore() {
        // Given
        NewToken good = token("us", Instant.now().plusSeconds(60));

        // When it is used where it is for, and elsewhere, after its end, and without its issuer
        List<Integer> statuses = List.of(
                read("ann-1", good),
                read("bob-1", good),
                read("ann-1", token("us", Instant.now().minusSeconds(60))),
                read("ann-1", token(null, Instant.now().plusSeconds(60))));

        // Then
        assertThat(statuses).containsExactly(200, 403, 401, 401);
    }

    @Test
    void aShortSecretSignsNothing() {
        // Given
        NewToken token = token("us", Instant.now());

        // When it is signed with a guessable secret, Then
        assertThatThrownBy(() -> token.signed("short".getBytes(UTF_8))).hasMessageContaining("expected 32");
    }
}
