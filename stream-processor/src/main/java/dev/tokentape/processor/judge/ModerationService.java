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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A moderation service over HTTP, in the format of OpenAI's {@code POST /v1/moderations}. Thread-safe. */
final class ModerationService implements AutoCloseable {

    private static final int MOST_REPLY_BYTES = 1024 * 1024;

    /** Services judge no text of any length. Only prompts are longer. */
    private static final int MOST_PIECE_CHARACTERS = 20_000;

    private static final int OVERLAP = 400;

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
                            json.writeValueAsBytes(Map.of("model", model, "input", pieces(text)))));
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

    /** A long text as several, which overlap so that nothing hides on a border; a short one as it is. */
    private static Object pieces(String text) {
        if (text.length() <= MOST_PIECE_CHARACTERS) {
            return wellFormed(text);
        }
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from == 0 || from + OVERLAP < text.length(); from += MOST_PIECE_CHARACTERS - OVERLAP) {
            pieces.add(wellFormed(text.substring(from, Math.min(text.length(), from + MOST_PIECE_CHARACTERS))));
        }
        return pieces;
    }

    /** Half a surrogate pair, which a cut may leave, is no JSON. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        threads.close();
    }
}
