package dev.tokentape.producer.provider;

import dev.tokentape.schemas.config.Settings;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Signs requests to Bedrock with AWS Signature Version 4. Prints as nothing but its region. Thread-safe. */
final class AwsSigner {

    private static final String SERVICE = "bedrock";

    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final AwsCredentialsIdentity identity;
    private final String region;

    private AwsSigner(AwsCredentialsIdentity identity, String region) {
        this.identity = identity;
        this.region = region;
    }

    /** A signer with the credentials of AWS's usual variables; null where they are not set. */
    static @Nullable AwsSigner from(Settings settings, String region) {
        String id = settings.secret("AWS_ACCESS_KEY_ID");
        String secret = settings.secret("AWS_SECRET_ACCESS_KEY");
        String token = settings.secret("AWS_SESSION_TOKEN");
        if (id == null || secret == null) {
            return null;
        }
        return new AwsSigner(
                token == null
                        ? AwsCredentialsIdentity.create(id, secret)
                        : AwsSessionCredentialsIdentity.create(id, secret, token),
                region);
    }

    /** The request with the headers of its signature. */
    Request sign(Request request, byte[] body) {
        SdkHttpRequest plain = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(request.url().uri())
                .build();
        SignedRequest signed = signer.sign(sign -> sign.identity(identity)
                .request(plain)
                .payload(ContentStreamProvider.fromByteArray(body))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                .putProperty(AwsV4HttpSigner.REGION_NAME, region));
        Request.Builder with = request.newBuilder();
        signed.request().forEachHeader((name, values) -> {
            with.removeHeader(name);
            values.forEach(value -> with.addHeader(name, value));
        });
        return with.build();
    }

    @Override
    public String toString() {
        return "AwsSigner[%s]".formatted(region);
    }
}
