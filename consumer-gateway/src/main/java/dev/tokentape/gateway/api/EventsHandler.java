package dev.tokentape.gateway.api;

import dev.tokentape.gateway.history.CurrentResponses;
import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Overload;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.ReadRequest.Start;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET …/events}: a conversation, or one answer, as server-sent events, or in pages for who accepts JSON only.
 */
final class EventsHandler {

    private static final String EVENTS = "text/event-stream";
    private static final String JSON = "application/json";

    private final Streams streams;
    private final PageHandler pages;
    private final CurrentResponses answers;
    private final Duration patience;

    /** @param patience how long an answer that nobody knows may take to appear */
    EventsHandler(Streams streams, PageHandler pages, CurrentResponses answers, Duration patience) {
        this.streams = streams;
        this.pages = pages;
        this.answers = answers;
        this.patience = patience;
    }

    CompletionStage<HttpAnswer> conversation(Request request) {
        return wantsPages(request) ? pages.conversation(request) : conversationStream(request);
    }

    CompletionStage<HttpAnswer> response(Request request) {
        return wantsPages(request) ? pages.response(request) : responseStream(request);
    }

    /** Whether pages are asked for instead of a stream, which is what clients get that do not say. */
    private static boolean wantsPages(Request request) {
        if (request.header("Accept") == null || request.accepts(EVENTS)) {
            return refusingPageParameters(request);
        }
        if (request.accepts(JSON)) {
            return true;
        }
        if (request.accepts("*/*") || request.accepts("text/*")) {
            return refusingPageParameters(request);
        }
        if (request.accepts("application/*")) {
            return true;
        }
        throw new Problem(
                        "not-acceptable",
                        "The address has nothing of the type that is asked for",
                        406,
                        "events come as %s (a stream) or as %s (pages); ask for one of them with Accept"
                                .formatted(EVENTS, JSON))
                .asException();
    }

    private static boolean refusingPageParameters(Request request) {
        for (String name : List.of("limit", "linger", "wait")) {
            if (request.parameter(name) != null) {
                throw Problem.invalidParameter(
                                name, "'%s' is for pages, with 'Accept: %s'; a stream has no end".formatted(name, JSON))
                        .asException();
            }
        }
        return false;
    }

    private CompletionStage<HttpAnswer> conversationStream(Request request) {
        Start start = Streams.start(request, new Start.Now());
        ReadRequest read = new ReadRequest(request.conversationId(), null, start);
        return CompletableFuture.completedStage(new HttpAnswer.Events(streams.open(request, read, () -> {}), Map.of()));
    }

    private CompletionStage<HttpAnswer> responseStream(Request request) {
        Start start = Streams.start(request, new Start.Beginning());
        return new Arrival(request, request.conversationId(), request.responseId(), start).answer;
    }

    /**
     * The decision what to answer for one response's stream: events, if it is known or comes soon; nothing more (204,
     * which stops an EventSource), if all of it was read; not found, if nobody has heard of it.
     */
    private final class Arrival {
        private final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
        private final String conversationId;
        private final String responseId;
        private @Nullable SseStream stream;

        Arrival(Request request, String conversationId, String responseId, Start start) {
            this.conversationId = conversationId;
            this.responseId = responseId;
            this.stream = streams.open(request, new ReadRequest(conversationId, responseId, start), this::look);
            var timer = request.loop().schedule(this::ask, patience.toNanos(), TimeUnit.NANOSECONDS);
            request.onClose(() -> timer.cancel(false));
            answer.whenComplete((given, _) -> {
                timer.cancel(false);
                if (!(given instanceof HttpAnswer.Events)) {
                    request.loop().execute(this::close);
                }
            });
        }

        private void close() {
            if (stream != null) {
                stream.close();
            }
        }

        private void look() {
            SseStream open = stream;
            if (open == null || answer.isDone()) {
                return;
            }
            if (open.subscription().hasNext()) {
                answer.complete(new HttpAnswer.Events(open, Map.of()));
            } else if (open.subscription().ended()) {
                answer.complete(HttpAnswer.empty(204, Map.of()));
            } else if (answers.isKnownHere(conversationId, responseId)) {
                answer.complete(new HttpAnswer.Events(open, Map.of()));
            }
        }

        private void ask() {
            SseStream open = stream;
            if (open == null || answer.isDone()) {
                return;
            }
            answers.find(conversationId, responseId).whenComplete((found, failure) -> {
                if (failure != null) {
                    answer.complete(Overload.comeBack());
                } else if (found.isPresent()) {
                    answer.complete(new HttpAnswer.Events(open, Map.of()));
                } else {
                    answer.complete(HttpAnswer.of(Problem.noSuchResponse(conversationId, responseId)));
                }
            });
        }
    }
}
