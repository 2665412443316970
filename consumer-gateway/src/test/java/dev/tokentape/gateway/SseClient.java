package dev.tokentape.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events as the HTML standard says. */
final class SseClient implements AutoCloseable {

    /** @param id the last event id when it was dispatched */
    record Event(String id, String data) {
        JsonNode json() {
            return TestGateway.json(data);
        }
    }

    final HttpResponse<InputStream> response;
    final List<String> comments = new ArrayList<>();
    private final BufferedReader reader;
    private String lastId = "";

    @Nullable
    String retry;

    SseClient(HttpResponse<InputStream> response) {
        this.response = response;
        this.reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The id that comes before the first event; empty if there is none. */
    String firstId() {
        try {
            return CompletableFuture.supplyAsync(this::readFirstBlock).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the stream did not begin", e);
        }
    }

    private String readFirstBlock() {
        try {
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                }
            }
            return lastId;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next event; null at the stream's end. */
    @Nullable
    Event next() {
        try {
            return CompletableFuture.supplyAsync(this::read).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("no event came", e);
        }
    }

    /** Passes over what comes until a comment has come. */
    void nextComment() throws IOException {
        String line = reader.readLine();
        while (line != null && !line.startsWith(":")) {
            line = reader.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the stream ended without a comment");
        }
        comments.add(line);
    }

    private @Nullable Event read() {
        StringBuilder data = new StringBuilder();
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        return new Event(lastId, data.toString());
                    }
                } else if (line.startsWith(":")) {
                    comments.add(line);
                } else if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                } else if (line.startsWith("retry: ")) {
                    retry = line.substring(7);
                } else {
                    throw new IllegalStateException("unexpected line: " + line);
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Event> take(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Event event = next();
            if (event == null) {
                throw new IllegalStateException("the stream ended after " + events);
            }
            events.add(event);
        }
        return events;
    }

    List<Event> rest() {
        List<Event> events = new ArrayList<>();
        for (Event event = next(); event != null; event = next()) {
            events.add(event);
        }
        return events;
    }

    String lastId() {
        return lastId;
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
