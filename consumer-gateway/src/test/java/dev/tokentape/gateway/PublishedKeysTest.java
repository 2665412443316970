package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens that are checked with an issuer's published keys. */
class PublishedKeysTest {

    private final AtomicInteger fetches = new AtomicInteger();
    private volatile List<ECKey> published = List.of();
    private volatile boolean away;
    private HttpServer issuer = HttpServer.create();

    PublishedKeysTest() throws IOException {}

    @BeforeEach
    void start() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            byte[] body = new JWKSet(List.copyOf(published)).toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(away ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
    }

    @AfterEach
    void stop() {
        issuer.stop(0);
    }

    private TestGateway gateway() {
        return new TestGateway(
                "gateway.auth.jwks-url",
                "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys");
    }

    private static ECKey key(String id) throws Exception {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    private static String token(ECKey key) throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                Tokens.claims("ann", Instant.now().plusSeconds(600))
                        .claim("scope", "read")
                        .claim("conversations", List.of("*"))
                        .build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private static HttpResponse<String> read(TestGateway gateway, String token) {
        return gateway.send(gateway.request("/v1/conversations/talk")
                .header("Authorization", "Bearer " + token)
                .build());
    }

    @Test
    void tokensOfThePublishedKeysAreTakenAndTheKeysFetchedOnce() throws Exception {
        // Given an issuer with one key, and another key that it does not publish
        ECKey ours = key("one");
        ECKey theirs = key("two");
        published = List.of(ours.toPublicJWK());
        try (TestGateway gateway = gateway()) {
            // When tokens of both come, several times
            for (int i = 0; i < 5; i++) {
                assertThat(read(gateway, token(ours)).statusCode()).isEqualTo(200);
            }
            int other = read(gateway, token(theirs)).statusCode();

            // Then only the first is good, and the keys were fetched for the first and for the unknown key alone
            assertThat(other).isEqualTo(401);
            assertThat(fetches.get()).isBetween(1, 2);
            // And a secret-signed token, be it with the public key for a secret, is none
            assertThat(read(gateway, Tokens.of("ann", "read", "*")).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void aKeyThatIsNewAtTheIssuerIsFetched() throws Exception {
        // Given a gateway that knows the first key
        ECKey first = key("one");
        ECKey second = key("two");
        published = List.of(first.toPublicJWK());
        try (TestGateway gateway = gateway()) {
            assertThat(read(gateway, token(first)).statusCode()).isEqualTo(200);

            // When the issuer changes it
            published = List.of(second.toPublicJWK());

            // Then its tokens are taken
            assertThat(read(gateway, token(second)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whenTheIssuerIsAwayTheTokenIsNotBlamed() throws Exception {
        // Given an issuer that does not answer
        away = true;
        ECKey key = key("one");
        try (TestGateway gateway = gateway()) {
            // When a token comes
            HttpResponse<String> response = read(gateway, token(key));

            // Then the client may repeat
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:keys-unavailable");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void anIssuerThatIsAwayIsWarnedOfOnceAndIsFoundAgainByItself() throws Exception {
        // Given an issuer that does not answer
        away = true;
        ECKey key = key("one");
        published = List.of(key.toPublicJWK());
        try (Said said = new Said(Level.WARN);
                TestGateway gateway = gateway()) {
            // When many tokens come, and the issuer is back
            for (int i = 0; i < 50; i++) {
                assertThat(read(gateway, token(key)).statusCode()).isEqualTo(503);
            }
            int fetchedMeanwhile = fetches.get();
            away = false;

            // Then the log has one warning, without the issuer's words, and tokens are taken soon, though nobody was
            // asked to
            assertThat(said.lines())
                    .filteredOn(line -> line.contains("jwks-url"))
                    .hasSize(1);
            assertThat(fetchedMeanwhile).isLessThan(20);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> read(gateway, token(key)).statusCode() == 200);
        }
    }
}
