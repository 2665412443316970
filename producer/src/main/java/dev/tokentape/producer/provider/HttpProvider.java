package dev.tokentape.producer.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.schemas.avro.GenerationJob;
import java.nio.charset.StandardCharsets;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** A provider that streams server-sent events over HTTP. */
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
    public UpstreamCall prepare(GenerationJob job, String runId, EventSink sink) {
        ObjectNode body = config.api().body(job, config.vendor());
        Secret key = config.key();
        Request request = new Request.Builder()
                .url(config.endpoint())
                .headers(Headers.of(config.api().headers(key == null ? null : key.value())))
                .header("Accept", "text/event-stream")
                // A compressed stream comes in blocks of many tokens.
                .header("Accept-Encoding", "identity")
                .post(RequestBody.create(Json.write(body).getBytes(StandardCharsets.UTF_8), JSON))
                .build();
        return new HttpCall(config, client.newCall(request), job, runId, sink);
    }

    @Override
    public String toString() {
        return "HttpProvider[%s]".formatted(config);
    }
}
