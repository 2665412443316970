package dev.tokentape.producer.provider.http;

import dev.tokentape.producer.policy.CallPolicy;
import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.auth.AwsSigner;
import dev.tokentape.producer.provider.config.ProviderConfig;
import dev.tokentape.schemas.avro.GenerationJob;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** A provider that streams its answers over HTTP. */
final class HttpProvider implements Provider {

    private static final MediaType JSON = MediaType.get("application/json");

    private final ProviderConfig config;
    private final OkHttpClient client;

    HttpProvider(ProviderConfig config, OkHttpClient shared) {
        this.config = config;
        this.client = shared.newBuilder()
                .connectTimeout(config.connectTimeout())
                .readTimeout(config.firstByteTimeout())
                .writeTimeout(config.firstByteTimeout())
                .build();
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public String api() {
        return config.api().name();
    }

    @Override
    public CallPolicy policy() {
        return config.policy();
    }

    @Override
    public void check(GenerationJob job) {
        config.body(job);
    }

    @Override
    public UpstreamCall prepare(GenerationJob job, String runId, EventSink sink, Cancellation cancellation) {
        byte[] bytes = Json.write(config.body(job)).getBytes(StandardCharsets.UTF_8);
        AwsSigner signer = config.signer();
        Request request = new Request.Builder()
                .url(config.endpoint(job.getRequest().getModel()))
                .headers(Headers.of(config.headers()))
                .header("Accept", config.api().framing().mediaType())
                // A compressed stream comes in blocks of many tokens.
                .header("Accept-Encoding", "identity")
                .post(RequestBody.create(bytes, JSON))
                .build();
        if (signer != null && config.key() == null) {
            request = signer.sign(request, bytes, Instant.now());
        }
        return new HttpCall(config, client.newCall(request), job, runId, sink, cancellation);
    }

    @Override
    public String toString() {
        return "HttpProvider[%s]".formatted(config);
    }
}
