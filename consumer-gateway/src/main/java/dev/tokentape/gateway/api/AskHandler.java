package dev.tokentape.gateway.api;

import dev.tokentape.gateway.auth.Scope;
import dev.tokentape.gateway.command.AcceptedJson;
import dev.tokentape.gateway.command.AskRate;
import dev.tokentape.gateway.command.AskReader;
import dev.tokentape.gateway.command.AskSending;
import dev.tokentape.gateway.command.Continuing;
import dev.tokentape.gateway.command.IdempotencyKey;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.command.Parsing;
import dev.tokentape.gateway.command.ToolResults;
import dev.tokentape.gateway.history.CurrentResponses;
import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.json.JsonBytes;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Tape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST …/responses} and {@code POST …/tool-results}: starts an answer, or brings what one waits for that goes on
 * from tool calls, and tells of it at once, at its end, or as it comes.
 */
final class AskHandler {

    /** Times a body's length: its bytes, and the strings of the request that was made from it. */
    private static final long HELD_WHILE_WAITING = 3;

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final Tape tape;
    private final Intake intake;
    private final AskRate rate;
    private final AskSending asking;
    private final Continuing continuing;
    private final AskReader reader;
    private final Parsing parsing;
    private final Streams streams;
    private final CurrentResponses answers;

    AskHandler(
            Tape tape,
            Intake intake,
            AskRate rate,
            AskSending asking,
            Continuing continuing,
            AskReader reader,
            Parsing parsing,
            Streams streams,
            CurrentResponses answers) {
        this.tape = tape;
        this.intake = intake;
        this.rate = rate;
        this.asking = asking;
        this.continuing = continuing;
        this.reader = reader;
        this.parsing = parsing;
        this.streams = streams;
        this.answers = answers;
    }

    CompletionStage<HttpAnswer> ask(Request request) {
        String conversationId = request.conversationId();
        String key = IdempotencyKey.checked(request.header("Idempotency-Key"));
        String lastEventId = request.header(LAST_EVENT_ID);
        if (key == null && lastEventId != null) {
            throw resumeElsewhere(conversationId, lastEventId).asException();
        }
        return answer(
                request,
                () -> parsing.parse(request.body(), AskReader.SHAPE, request.memory(), reader::read)
                        .thenApply(ask -> intake.accept(conversationId, ask, key)));
    }

    CompletionStage<HttpAnswer> toolResults(Request request) {
        String conversationId = request.conversationId();
        return answer(
                request,
                () -> parsing.parse(request.body(), ToolResults.SHAPE, request.memory(), ToolResults::read)
                        .thenCompose(results -> continuing.accept(conversationId, results)));
    }

    /**
     * A library that sends its POST again when a connection breaks means to read on, not to ask again; without a key
     * nothing says which answer it was reading.
     */
    private static Problem resumeElsewhere(String conversationId, String lastEventId) {
        String events = "/v1/conversations/%s/events".formatted(conversationId);
        return new Problem(
                        "resume-with-get",
                        "A POST without an idempotency key starts an answer and cannot resume one",
                        409,
                        ("nothing was asked; to read on, GET %s, or the answer's own events, with this "
                                        + "Last-Event-ID. A POST with an 'Idempotency-Key' may be sent again with "
                                        + "Last-Event-ID, and resumes its answer")
                                .formatted(events))
                .withMember("events", events)
                .withMember("last_event_id", lastEventId);
    }

    private CompletionStage<HttpAnswer> answer(Request request, Supplier<CompletionStage<Intake.Accepted>> taking) {
        Preference wait = Preference.of(request);
        requireJson(request);
        if (wait != null || request.accepts("text/event-stream")) {
            // The answer comes back with it, so asking is reading too.
            request.grant().require(Scope.READ, request.conversationId());
        }
        rate.take(request.client());
        return taking.get()
                .thenComposeAsync(
                        accepted -> {
                            if (request.accepts("text/event-stream")) {
                                return streamed(request, accepted);
                            }
                            return wait != null ? awaited(request, accepted, wait) : accepted(accepted);
                        },
                        request.loop());
    }

    private CompletionStage<HttpAnswer> accepted(Intake.Accepted accepted) {
        return asking.send(accepted).thenApply(status -> toldOf(accepted, status));
    }

    private CompletionStage<HttpAnswer> streamed(Request request, Intake.Accepted accepted) {
        String lastEventId = request.header(LAST_EVENT_ID);
        ReadRequest read = lastEventId == null
                ? accepted.read()
                : new ReadRequest(
                        accepted.conversationId(), accepted.responseId(), new ReadRequest.Start.After(lastEventId));
        SseStream stream = streams.open(request, read, () -> {});
        Map<String, String> headers =
                Map.of("Location", AcceptedJson.address(accepted.conversationId(), accepted.responseId()));
        return intake.send(accepted)
                .<HttpAnswer>thenApplyAsync(
                        _ -> lastEventId != null && stream.subscription().ended()
                                ? HttpAnswer.empty(204, headers)
                                : new HttpAnswer.Events(stream, headers),
                        request.loop())
                .whenComplete((given, _) -> {
                    if (!(given instanceof HttpAnswer.Events)) {
                        request.loop().execute(stream::close);
                    }
                });
    }

    private CompletionStage<HttpAnswer> awaited(Request request, Intake.Accepted accepted, Preference wait) {
        AnswerEnd end = new AnswerEnd(tape, accepted.read(), request.loop());
        request.onClose(end::close);
        CompletableFuture<Boolean> ended = wait.limit() == null ? end.ended() : end.within(wait.limit());
        return asking.send(accepted)
                .thenCompose(_ -> {
                    request.memory().shrinkTo(HELD_WHILE_WAITING * request.body().length);
                    return ended;
                })
                .thenCompose(whole -> whole ? whole(request, accepted, wait) : standing(request, accepted, wait))
                .whenComplete((_, _) -> end.close());
    }

    /** The time is up: the answer is returned as it stands by now, and whole if it ended in this moment. */
    private CompletionStage<HttpAnswer> standing(Request request, Intake.Accepted accepted, Preference wait) {
        return asking.now(accepted)
                .thenCompose(stand -> stand.alreadyEnded()
                        ? whole(request, accepted, wait)
                        : CompletableFuture.completedStage(toldOf(accepted, stand.status())));
    }

    private CompletionStage<HttpAnswer> whole(Request request, Intake.Accepted accepted, Preference wait) {
        return answers.find(accepted.conversationId(), accepted.responseId())
                .thenApply(found -> found.<HttpAnswer>map(known -> new HttpAnswer.Whole(
                                200,
                                "application/json",
                                request.grant().shown(known.json()),
                                Map.of("Preference-Applied", wait.applied())))
                        .orElseGet(() -> HttpAnswer.of(
                                Problem.noSuchResponse(accepted.conversationId(), accepted.responseId()))));
    }

    private static HttpAnswer toldOf(Intake.Accepted accepted, String status) {
        byte[] body = JsonBytes.object(json -> AcceptedJson.writeFields(json, accepted, status));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Location", AcceptedJson.address(accepted.conversationId(), accepted.responseId()));
        return new HttpAnswer.Whole(202, "application/json", body, headers);
    }

    /** A page of elsewhere can send plain text without asking first, but not JSON. */
    static void requireJson(Request request) {
        @Nullable String type = request.header("Content-Type");
        if (type == null || !type.toLowerCase(java.util.Locale.ROOT).startsWith("application/json")) {
            throw new Problem(
                            "unsupported-media-type",
                            "The body is not of a type that is understood",
                            415,
                            "send the body as JSON, with the header 'Content-Type: application/json'")
                    .withHeader("Accept-Post", "application/json")
                    .asException();
        }
    }
}
