package dev.tokentape.integration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** A reader of one answer that moves between gateways and transports, from cursor to cursor. */
final class MovingReader {

    /** How one stretch is read. */
    enum Transport {
        SSE,
        SSE_OF_THE_ANSWER,
        WEB_SOCKET,
        PAGE
    }

    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final Set<String> TERMINAL = Set.of("message_stop", "error", "cancelled");

    private final List<Client> gateways;
    private final String conversation;
    private final String response;
    private final SplittableRandom random;
    private final List<JsonNode> read = new ArrayList<>();
    private String after;
    private int moves;

    /** @param cursor where it begins to read */
    MovingReader(List<Client> gateways, String conversation, String response, String cursor, SplittableRandom random) {
        this.gateways = gateways;
        this.conversation = conversation;
        this.response = response;
        this.after = cursor;
        this.random = random;
    }

    /**
     * Reads the answer to its end.
     *
     * @throws AssertionError if nothing comes for about a minute
     */
    List<JsonNode> readToTheEnd() {
        long lastEvent = System.nanoTime();
        while (read.isEmpty() || !ends(read.getLast())) {
            List<JsonNode> events = stretch();
            moves++;
            read.addAll(events);
            after = events.isEmpty() ? after : events.getLast().get("id").textValue();
            lastEvent = events.isEmpty() ? lastEvent : System.nanoTime();
            if (System.nanoTime() - lastEvent > PATIENCE_NANOS) {
                throw new AssertionError("stands still in %s after %d events".formatted(conversation, read.size()));
            }
        }
        return read;
    }

    int moves() {
        return moves;
    }

    private List<JsonNode> stretch() {
        Client at = gateways.get(random.nextInt(gateways.size()));
        Transport transport = Transport.values()[random.nextInt(Transport.values().length)];
        int events = random.nextInt(1, 25);
        if (transport == Transport.PAGE) {
            List<JsonNode> page = new ArrayList<>();
            at.page(conversation, after, events).get("events").forEach(page::add);
            return page;
        }
        try (EventStream stream = open(at, transport)) {
            // A gateway that has not heard of the answer yet says so and closes.
            Predicate<EventStream> enough = seen -> seen.closed()
                    || seen.events().size() >= events
                    || seen.events().stream().anyMatch(MovingReader::ends);
            try {
                stream.awaitUntil(enough);
            } catch (ConditionTimeoutException e) {
                throw new AssertionError(
                        "stands still in %s over %s at %d, %d events here after %d, then by pages: %s; states: %s"
                                .formatted(
                                        conversation,
                                        transport,
                                        gateways.indexOf(at),
                                        stream.events().size(),
                                        read.size(),
                                        gateways.stream()
                                                .map(gateway -> gateway.page(conversation, after, 1_000)
                                                        .get("events")
                                                        .findValuesAsText("type"))
                                                .toList(),
                                        gateways.stream()
                                                .map(gateway -> gateway.json("/v1/conversations/%s/responses/%s"
                                                                .formatted(conversation, response))
                                                        .path("status"))
                                                .toList()),
                        e);
            }
            return stream.events();
        }
    }

    private EventStream open(Client at, Transport transport) {
        return switch (transport) {
            case SSE -> at.events(conversation, after);
            case SSE_OF_THE_ANSWER -> at.answer(conversation, response, after);
            case WEB_SOCKET -> at.webSocket(conversation, after);
            case PAGE -> throw new IllegalArgumentException("a page is no stream");
        };
    }

    private static boolean ends(JsonNode event) {
        return TERMINAL.contains(event.get("type").textValue());
    }
}
