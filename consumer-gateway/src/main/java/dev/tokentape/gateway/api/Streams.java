package dev.tokentape.gateway.api;

import dev.tokentape.gateway.auth.Expiry;
import dev.tokentape.gateway.auth.Reauthenticate;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import dev.tokentape.gateway.stream.StreamMeters;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.ReadRequest.Start;
import dev.tokentape.gateway.tape.Tape;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens event streams on connections. */
final class Streams {

    private static final long COME_BACK_MILLIS = 1_000;

    /** What stand-ins for EventSource call the header where they put it into the address. */
    static final Set<String> LAST_EVENT_ID = Set.of("lastEventId", "last_event_id", "Last-Event-ID");

    private final Tape tape;
    private final StreamMeters meters;
    private final Duration keepAlive;
    private final Duration warning;

    /** @param warning how long before its token's end a stream is told to authenticate again */
    Streams(Tape tape, StreamMeters meters, Duration keepAlive, Duration warning) {
        this.tape = tape;
        this.meters = meters;
        this.keepAlive = keepAlive;
        this.warning = warning;
    }

    /**
     * Starts to read; the stream is closed with its connection, whatever comes of it. On the connection's event loop.
     */
    SseStream open(Request request, ReadRequest read, Runnable onSignal) {
        try {
            boolean chunked = request.version().compareTo(HttpVersion.HTTP_1_1) >= 0;
            SseStream stream = new SseStream(
                    request.codec(),
                    chunked,
                    meters,
                    StreamHeartbeat.of(request.header(StreamHeartbeat.HEADER), keepAlive),
                    tape,
                    read,
                    request.grant().filter(),
                    onSignal);
            request.onClose(stream::close);
            stream.onStart(() -> watch(request, stream));
            return stream;
        } catch (InvalidCursorException e) {
            throw Problem.invalidCursor(e.getMessage()).asException();
        }
    }

    /** A stream does not outlive its token: it is warned before, and then closed, to come back with a new one. */
    private void watch(Request request, SseStream stream) {
        Expiry expiry = new Expiry(
                request.loop(),
                request.grant(),
                warning,
                () -> stream.say(Reauthenticate.json(request.grant())),
                () -> stream.comeBack(COME_BACK_MILLIS));
        stream.onClose(expiry::cancel);
    }

    /**
     * Where the client wants to begin: the last event it was sent goes before what its address says, and any cursor
     * before a snapshot, so that an EventSource that comes back to an address with {@code snapshot=true} goes on where
     * it was.
     */
    static Start start(Request request, Start otherwise) {
        String lastEventId = lastEventId(request);
        Start start = startOf(lastEventId != null ? lastEventId : request.parameter("after"), otherwise);
        return start instanceof Start.After ? start : snapshotOr(start, request.parameter("snapshot"));
    }

    /** The last event's id, as a header, or in the address from those who cannot set one. */
    static @Nullable String lastEventId(Request request) {
        String given = request.header("Last-Event-ID");
        for (String name : LAST_EVENT_ID) {
            String value = given == null ? request.parameter(name) : null;
            given = value == null || value.isBlank() ? given : value.strip();
        }
        return given;
    }

    private static Start snapshotOr(Start start, @Nullable String snapshot) {
        return switch (snapshot) {
            case null -> start;
            case "true" -> new Start.Snapshot();
            case "false" -> start;
            default ->
                throw Problem.invalidParameter("snapshot", "expected true or false")
                        .asException();
        };
    }

    /** @param after a cursor, {@code start}, {@code now}, or null */
    static Start startOf(@Nullable String after, Start otherwise) {
        return switch (after) {
            case null -> otherwise;
            case "" -> otherwise;
            case "start" -> new Start.Beginning();
            case "now" -> new Start.Now();
            default -> new Start.After(after);
        };
    }
}
