package dev.tokentape.producer.provider.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

class AwsSignerTest {

    private static final Instant NOW = Instant.parse("2026-03-01T23:59:59Z");
    private static final byte[] BODY = {'{', '}'};

    @ParameterizedTest
    @CsvSource({
        "https://bedrock-runtime.eu-central-1.amazonaws.com/model/amazon.nova/converse-stream,",
        "https://bedrock-runtime.eu-central-1.amazonaws.com/model/anthropic.claude-3%3A0/converse-stream,a-token+/=",
        "http://127.0.0.1:8090/model/sim%3Ftokens%3D3/converse-stream,",
        "http://127.0.0.1:8090/model/a%20b%2Fc/converse-stream?z=1&a=2,a-token",
    })
    void itSignsAsAwssOwnSignerDoes(String url, @Nullable String token) {
        // Given
        Request request = new Request.Builder()
                .url(url)
                .post(RequestBody.create(BODY, MediaType.get("application/json")))
                .build();

        // When
        Request signed = new AwsSigner("AKID", "a-secret", token, "eu-central-1").sign(request, BODY, NOW);

        // Then
        Map<String, List<String>> theirs = theirs(url, token).request().headers();
        assertThat(signed.headers().names())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .containsExactlyInAnyOrderElementsOf(theirs.keySet().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
        theirs.forEach(
                (name, values) -> assertThat(signed.header(name)).as(name).isEqualTo(values.getFirst()));
    }

    private static SignedRequest theirs(String url, @Nullable String token) {
        AwsCredentialsIdentity identity = token == null
                ? AwsCredentialsIdentity.create("AKID", "a-secret")
                : AwsSessionCredentialsIdentity.create("AKID", "a-secret", token);
        return AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(identity)
                        .request(SdkHttpRequest.builder()
                                .method(SdkHttpMethod.POST)
                                .uri(URI.create(url))
                                .build())
                        .payload(ContentStreamProvider.fromByteArray(BODY))
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "bedrock")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-1"));
    }
}
