package dev.tokentape.gateway.http;

import dev.tokentape.gateway.auth.Grant;
import dev.tokentape.gateway.http.Route.Admission;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.failure.Wordless;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way from a request to its answer: what refuses it by its head alone, and which handler it is for. */
final class Dispatch {

    private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

    private final Door door;
    private final @Nullable Problem overLimit;

    /** @param overLimit what every request is refused with, if there are too many connections already */
    Dispatch(Door door, @Nullable Problem overLimit) {
        this.door = door;
        this.overLimit = overLimit;
    }

    /** What the address and the method mean. */
    Router.Match match(HttpRequest head) {
        RequestTarget target = RequestTarget.of(head);
        return target.path().startsWith("/")
                ? door.router().match(head.method().name(), target.path())
                : new Router.Match.Refused(Router.NO_ROUTE, Problem.noSuchAddress());
    }

    /** HTTP/2 begins with a request of a version of its own, so that servers that speak HTTP/1 alone can say so. */
    private static @Nullable Problem versionProblem(HttpRequest head) {
        return head.protocolVersion().majorVersion() == 1
                ? null
                : new Problem(
                        "http-version-not-supported",
                        "The gateway does not speak this version of HTTP",
                        505,
                        "the gateway speaks HTTP/1.1; ask with that");
    }

    /** Why a request is refused before its body is read; null if it is not. */
    @Nullable
    Problem refusalOf(HttpRequest head, Router.Match match) {
        Problem version = versionProblem(head);
        if (version != null) {
            return version;
        }
        Problem problem = door.config().access().problem(head.headers());
        if (problem != null) {
            return problem;
        }
        if (overLimit != null) {
            return overLimit;
        }
        if (!HttpUtil.is100ContinueExpected(head) && head.headers().get("Expect") != null) {
            return new Problem(
                    "expectation-failed",
                    "The expectation cannot be met",
                    417,
                    "only 'Expect: 100-continue' is understood");
        }
        if (match instanceof Router.Match.Refused refused) {
            return refused.problem();
        }
        return HttpUtil.getContentLength(head, 0L) > door.config().maxRequestBytes() ? bodyTooLarge() : null;
    }

    /**
     * The answer as the client can take it: where there are too many connections, an event source is told to come back.
     */
    HttpAnswer.Whole told(HttpAnswer.Whole answer, @Nullable HttpRequest head) {
        return overLimit != null && head != null && Overload.wantsEvents(head) ? Overload.comeBack() : answer;
    }

    /** Adds what has come of a body to the rest, unless it is too much: then why. */
    @Nullable
    Problem take(ConnectionLife.State.Receiving request, ByteBuf bytes) {
        int more = bytes.readableBytes();
        if (request.body().readableBytes() + more > door.config().maxRequestBytes()) {
            return bodyTooLarge();
        }
        if (more > 0 && !request.memory().grow(more)) {
            return Problem.overloaded("too many large requests are being read at once; come back later");
        }
        request.body().writeBytes(bytes);
        return null;
    }

    private Problem bodyTooLarge() {
        return Problem.tooLarge("the body has more than %d bytes, the most that gateway.max-request-bytes allows"
                .formatted(door.config().maxRequestBytes()));
    }

    /** The answer to a whole request; never failed: what goes wrong is an answer too. */
    CompletionStage<HttpAnswer> answer(
            Router.Match match, HttpRequest head, byte[] body, Reservation memory, ChannelHandlerContext context) {
        CompletionStage<HttpAnswer> answer = switch (match) {
            case Router.Match.Found found -> handle(found, head, body, memory, context);
            case Router.Match.Options options ->
                CompletableFuture.completedStage(door.config().access().preflight(head.headers(), options.allowed()));
            case Router.Match.Refused refused -> CompletableFuture.completedStage(HttpAnswer.of(refused.problem()));
        };
        return answer.exceptionally(failure -> answerTo(failure, match.routeName()));
    }

    private CompletionStage<HttpAnswer> handle(
            Router.Match.Found found,
            HttpRequest head,
            byte[] body,
            Reservation memory,
            ChannelHandlerContext context) {
        Route route = found.route();
        try {
            Map<String, List<String>> query = query(route, head);
            Request request = new Request(
                    head.method(),
                    head.protocolVersion(),
                    RequestTarget.of(head).path(),
                    door.guard().anybody(),
                    found.variables(),
                    query,
                    head.headers(),
                    body,
                    memory,
                    context.pipeline().context(HttpServerCodec.class));
            return switch (route.admission()) {
                case Admission.Open _ -> route.handler().handle(request);
                case Admission.Known _ -> onceKnown(request, route).thenCompose(route.handler()::handle);
                case Admission.Scoped scoped ->
                    onceKnown(request, route).thenCompose(known -> {
                        known.grant().require(scoped.scope(), known.conversationId());
                        return route.handler().handle(known);
                    });
            };
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** The request with what its sender may do; what follows runs on the connection's thread. */
    private CompletionStage<Request> onceKnown(Request request, Route route) {
        String ticket = route.parameters().contains(Route.TICKET) ? request.parameter(Route.TICKET) : null;
        CompletableFuture<Grant> grant =
                door.guard().admit(request.headers(), ticket).toCompletableFuture();
        return grant.isDone() ? grant.thenApply(request::with) : grant.thenApplyAsync(request::with, request.loop());
    }

    /**
     * Names that begin like this mean nothing here: libraries add them so that no cache answers. Any other unknown name
     * is refused, since a misspelt one would read from another place than its client thinks.
     */
    private static final String IGNORED = "_";

    private static Map<String, List<String>> query(Route route, HttpRequest head) {
        Map<String, List<String>> query = RequestTarget.of(head).query();
        if (route.inOnePiece() && route.parameters().isEmpty()) {
            return query;
        }
        for (String name : query.keySet()) {
            if (!route.parameters().contains(name) && !name.startsWith(IGNORED)) {
                throw Problem.invalidParameter(
                                name,
                                route.parameters().isEmpty()
                                        ? "'%s' is not known; this address takes no query parameters".formatted(name)
                                        : "'%s' is not known; known: %s"
                                                .formatted(name, String.join(", ", route.parameters())))
                        .asException();
            }
        }
        return query;
    }

    private static HttpAnswer answerTo(Throwable failure, String template) {
        Problem problem = ProblemException.in(failure);
        if (problem == null) {
            log.atError()
                    .addKeyValue("route", template)
                    .setCause(Wordless.of(failure))
                    .log("a request failed");
            problem = Problem.internal();
        }
        return HttpAnswer.of(problem);
    }
}
