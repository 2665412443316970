package dev.tokentape.processor.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A moderation service over HTTP, in the format of OpenAI's {@code POST /v1/moderations}. Thread-safe. */
final class ModerationService implements AutoCloseable {

    private static final int MOST_REPLY_BYTES = 1024 * 1024;

    private final ObjectMapper json = new ObjectMapper();
    private final URI address;
    private final @Nullable String key;
    private final String model;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;

    ModerationService(URI url, @Nullable String key, String model, Duration timeout) {
        this.address = URI.create(url.toString().replaceAll("/+$", "") + "/v1/moderations");
        this.key = key;
        this.model = model;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .executor(threads)
                .build();
    }

    /**
     * Asks, and waits for the answer; never to be called by a stream thread.
     *
     * @throws ServiceException if there is no usable answer in time
     */
    Scores judge(String text, Duration within) throws ServiceException, InterruptedException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(address)
                    .timeout(within)
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(
                            json.writeValueAsBytes(Map.of("model", model, "input", text))));
            if (key != null) {
                request.header("authorization", "Bearer " + key);
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new ServiceException(
                            "http_" + response.statusCode(),
                            "the moderation service answered HTTP " + response.statusCode());
                }
                byte[] reply = body.readNBytes(MOST_REPLY_BYTES);
                return new Scores(json.readTree(reply));
            }
        } catch (HttpTimeoutException e) {
            throw new ServiceException("timeout", "the moderation service did not answer in time");
        } catch (JsonProcessingException e) {
            throw new ServiceException("bad_reply", "the moderation service's reply is no JSON");
        } catch (IOException e) {
            throw new ServiceException(
                    "unreachable",
                    "the moderation service is not reachable: " + e.getClass().getSimpleName());
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        threads.close();
    }
}
