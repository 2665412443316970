package dev.tokentape.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** One reading by pages: each is waited for at the gateway, and asked for from where the one before ended. */
final class PageConnection implements Connection {

    /** How long the gateway is to wait for something to put on a page. */
    static final Duration WAIT = Duration.ofSeconds(2);

    private static final int MOST_EVENTS = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OkHttpClient client;
    private final HttpUrl url;
    private final StreamListener listener;
    private volatile boolean closed;
    private volatile @Nullable Call call;

    private PageConnection(OkHttpClient client, HttpUrl url, StreamListener listener) {
        this.client = client;
        this.url = url;
        this.listener = listener;
    }

    static Connection open(OkHttpClient client, HttpUrl url, @Nullable String after, StreamListener listener) {
        PageConnection connection = new PageConnection(client, url, listener);
        Thread.ofVirtual().name("tokentape-pages").start(() -> connection.read(after));
        return connection;
    }

    private void read(@Nullable String from) {
        String after = from;
        boolean opened = false;
        while (!closed) {
            long asked = System.nanoTime();
            JsonNode page;
            try {
                page = page(after);
            } catch (GatewayProblem e) {
                lost(LostConnection.refused(e));
                return;
            } catch (IOException e) {
                lost(LostConnection.broken(GatewayUnreachable.words(e)));
                return;
            }
            if (!opened && !closed) {
                opened = true;
                listener.opened();
            }
            for (JsonNode event : page.path("events")) {
                if (closed) {
                    return;
                }
                listener.frame(EventFrame.parse(event.toString(), EventFrame.nowMicros()));
            }
            boolean waited = System.nanoTime() - asked >= WAIT.dividedBy(2).toNanos();
            if (page.path("events").isEmpty() && !waited && !closed) {
                closed = true;
                listener.ended();
                return;
            }
            after = page.path("next").asText();
        }
    }

    private JsonNode page(@Nullable String after) throws IOException {
        HttpUrl.Builder address = url.newBuilder()
                .addQueryParameter("wait", Long.toString(WAIT.toSeconds()))
                .addQueryParameter("limit", Integer.toString(MOST_EVENTS));
        if (after != null) {
            address.addQueryParameter("after", after);
        }
        Call next = client.newCall(new Request.Builder()
                .url(address.build())
                .header("Accept", "application/json")
                .build());
        call = next;
        try (Response response = next.execute()) {
            String body = response.body().string();
            if (!response.isSuccessful()) {
                throw GatewayProblem.of(response.code(), body);
            }
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException("it answered with a page that is not JSON", e);
        }
    }

    private void lost(LostConnection lost) {
        if (!closed) {
            closed = true;
            listener.lost(lost);
        }
    }

    @Override
    public void close() {
        closed = true;
        Call open = call;
        if (open != null) {
            open.cancel();
        }
    }
}
