package dev.tokentape.gateway.api;

import dev.tokentape.gateway.command.AcceptedJson;
import dev.tokentape.gateway.command.Asking;
import dev.tokentape.gateway.command.Continuing;
import dev.tokentape.gateway.command.IdempotencyKey;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.command.JsonBody;
import dev.tokentape.gateway.command.Parsing;
import dev.tokentape.gateway.command.ToolResults;
import dev.tokentape.gateway.command.WishReader;
import dev.tokentape.gateway.history.Answers;
import dev.tokentape.gateway.http.Answer;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.sse.SseStream;
import dev.tokentape.gateway.tape.Tape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST …/responses} and {@code POST …/tool-results}: starts an answer, or brings what one waits for that goes on from
 * tool calls, and tells of it at once, at its end, or as it comes.
 */
final class AskHandler {

    private final Tape tape;
    private final Intake intake;
    private final Asking asking;
    private final Continuing continuing;
    private final WishReader reader;
    private final Parsing parsing;
    private final Streams streams;
    private final Answers answers;

    AskHandler(
            Tape tape,
            Intake intake,
            Asking asking,
            Continuing continuing,
            WishReader reader,
            Parsing parsing,
            Streams streams,
            Answers answers) {
        this.tape = tape;
        this.intake = intake;
        this.asking = asking;
        this.continuing = continuing;
        this.reader = reader;
        this.parsing = parsing;
        this.streams = streams;
        this.answers = answers;
    }

    CompletionStage<Answer> ask(Request request) {
        String conversationId = request.conversationId();
        String key = IdempotencyKey.checked(request.header("Idempotency-Key"));
        return answer(
                request,
                () -> parsing.parse(request.body(), body -> reader.read(JsonBody.object(body)))
                        .thenApply(wish -> intake.accept(conversationId, wish, key)));
    }

    CompletionStage<Answer> toolResults(Request request) {
        String conversationId = request.conversationId();
        return answer(
                request,
                () -> parsing.parse(request.body(), body -> ToolResults.read(JsonBody.object(body)))
                        .thenCompose(results -> continuing.accept(conversationId, results)));
    }

    private CompletionStage<Answer> answer(Request request, Supplier<CompletionStage<Intake.Accepted>> taking) {
        Preference wait = Preference.of(request);
        requireJson(request);
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

    private CompletionStage<Answer> accepted(Intake.Accepted accepted) {
        return asking.send(accepted).thenApply(status -> toldOf(accepted, status));
    }

    private CompletionStage<Answer> streamed(Request request, Intake.Accepted accepted) {
        SseStream stream = streams.open(request, accepted.read(), () -> {});
        Map<String, String> headers =
                Map.of("Location", AcceptedJson.address(accepted.conversationId(), accepted.responseId()));
        return intake.send(accepted)
                .<Answer>thenApply(_ -> new Answer.Events(stream, headers))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        request.loop().execute(stream::close);
                    }
                });
    }

    private CompletionStage<Answer> awaited(Request request, Intake.Accepted accepted, Preference wait) {
        AnswerEnd end = new AnswerEnd(tape, accepted.read(), request.loop());
        request.onClose(end::close);
        CompletableFuture<Boolean> ended = wait.limit() == null ? end.ended() : end.within(wait.limit());
        return asking.send(accepted)
                .thenCompose(status -> ended.thenCompose(whole ->
                        whole ? whole(accepted, wait) : CompletableFuture.completedStage(toldOf(accepted, status))))
                .whenComplete((_, _) -> end.close());
    }

    private CompletionStage<Answer> whole(Intake.Accepted accepted, Preference wait) {
        return answers.find(accepted.conversationId(), accepted.responseId())
                .thenApply(found -> found.<Answer>map(known -> new Answer.Whole(
                                200, "application/json", known.json(), Map.of("Preference-Applied", wait.applied())))
                        .orElseGet(() ->
                                Answer.of(Problem.noSuchResponse(accepted.conversationId(), accepted.responseId()))));
    }

    private static Answer toldOf(Intake.Accepted accepted, String status) {
        byte[] body = Json.object(json -> AcceptedJson.writeFields(json, accepted, status));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Location", AcceptedJson.address(accepted.conversationId(), accepted.responseId()));
        return new Answer.Whole(202, "application/json", body, headers);
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
