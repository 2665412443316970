package dev.tokentape.gateway.api;

import dev.tokentape.gateway.history.CurrentResponses;
import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.ReadRequest.Start;
import dev.tokentape.gateway.tape.Tape;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code GET …/events} with {@code Accept: application/json}: events page by page, waited for if need be. */
final class PageHandler {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST_EVENTS = 1_000;
    private static final int MOST_SECONDS = 60;
    private static final int MOST_LINGER_MILLIS = 10_000;

    private final Tape tape;
    private final CurrentResponses answers;
    private final Duration patience;

    /**
     * @param patience how long an answer that nobody knows may take to appear, and events of the past to be fetched
     * from Kafka
     */
    PageHandler(Tape tape, CurrentResponses answers, Duration patience) {
        this.tape = tape;
        this.answers = answers;
        this.patience = patience;
    }

    CompletionStage<HttpAnswer> conversation(Request request) {
        Start start = Streams.start(request, new Start.Now());
        return page(request, new ReadRequest(request.conversationId(), null, start));
    }

    CompletionStage<HttpAnswer> response(Request request) {
        Start start = Streams.start(request, new Start.Beginning());
        return page(request, new ReadRequest(request.conversationId(), request.responseId(), start));
    }

    private CompletionStage<HttpAnswer> page(Request request, ReadRequest read) {
        if (request.parameter("snapshot") != null) {
            throw Problem.invalidParameter(
                            "snapshot",
                            "'snapshot' is for streams; GET the conversation gives the answers so far, and a cursor")
                    .asException();
        }
        int limit = request.number("limit", DEFAULT_LIMIT, 1, MOST_EVENTS);
        Duration wait = Duration.ofSeconds(request.number("wait", 0, 0, MOST_SECONDS));
        Duration linger = Duration.ofMillis(request.number("linger", 0, 0, MOST_LINGER_MILLIS));
        EventPage page = open(request, read, limit, linger.compareTo(wait) < 0 ? linger : wait);
        request.onClose(page::close);
        Duration time = mayBeBehind(read, page) && wait.compareTo(patience) < 0 ? patience : wait;
        return page.within(time)
                .thenComposeAsync(
                        filled -> filled || read.responseId() == null ? found(page) : unlessUnknown(read, page),
                        request.loop());
    }

    private EventPage open(Request request, ReadRequest read, int limit, Duration linger) {
        try {
            return new EventPage(tape, read, request.grant().filter(), request.loop(), limit, linger);
        } catch (InvalidCursorException e) {
            throw Problem.invalidCursor(e.getMessage()).asException();
        }
    }

    /** Whether there may be something that is not at hand yet, so that an empty page at once would be a wrong one. */
    private boolean mayBeBehind(ReadRequest read, EventPage page) {
        return read.responseId() == null
                ? !page.atHand()
                : !answers.isKnownHere(read.conversationId(), read.responseId());
    }

    private CompletionStage<HttpAnswer> unlessUnknown(ReadRequest read, EventPage page) {
        String responseId = java.util.Objects.requireNonNull(read.responseId());
        return answers.find(read.conversationId(), responseId)
                .thenCompose(known -> known.isPresent()
                        ? found(page)
                        : CompletableFuture.completedStage(
                                HttpAnswer.of(Problem.noSuchResponse(read.conversationId(), responseId))));
    }

    private static CompletionStage<HttpAnswer> found(EventPage page) {
        return CompletableFuture.completedStage(HttpAnswer.json(200, page.json()));
    }
}
