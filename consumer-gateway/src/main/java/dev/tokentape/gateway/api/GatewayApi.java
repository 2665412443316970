package dev.tokentape.gateway.api;

import dev.tokentape.gateway.auth.Guard;
import dev.tokentape.gateway.auth.Scope;
import dev.tokentape.gateway.command.AskRate;
import dev.tokentape.gateway.command.AskReader;
import dev.tokentape.gateway.command.AskSending;
import dev.tokentape.gateway.command.Cancelling;
import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.command.Continuing;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.command.Parsing;
import dev.tokentape.gateway.history.CurrentResponses;
import dev.tokentape.gateway.history.History;
import dev.tokentape.gateway.history.ReadableConversations;
import dev.tokentape.gateway.http.ByteBudget;
import dev.tokentape.gateway.http.Route;
import dev.tokentape.gateway.http.ServerConfig;
import dev.tokentape.gateway.page.Page;
import dev.tokentape.gateway.stream.StreamMeters;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.gateway.websocket.SocketHandshake;
import dev.tokentape.gateway.websocket.SocketServices;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/** Every address of the gateway, and what stands behind it. */
public final class GatewayApi {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final String CONVERSATIONS = "/v1/conversations";
    private static final String CONVERSATION = CONVERSATIONS + "/{conversation_id}";
    private static final String RESPONSE = CONVERSATION + "/responses/{response_id}";
    private static final Set<String> READING = Set.of(
            "after", "lastEventId", "last_event_id", "Last-Event-ID", "limit", "linger", "snapshot", "ticket", "wait");

    private GatewayApi() {}

    /**
     * @param bodies counts what requests take
     * @param elsewhere runs what takes too long for an event loop
     */
    public static List<Route> routes(
            Tape tape,
            Commands commands,
            History history,
            AskReader asks,
            ServerConfig config,
            Guard guard,
            ByteBudget bodies,
            PrometheusMeterRegistry registry,
            Executor elsewhere) {
        Intake intake = new Intake(tape, commands, Clock.systemUTC());
        CurrentResponses answers = new CurrentResponses(tape, history, intake);
        Parsing parsing = new Parsing(elsewhere);
        Streams streams = new Streams(tape, StreamMeters.of(registry, "sse"), config.keepAlive(), guard.warning());
        Cancelling.Standing standing = (conversationId, responseId) -> answers.find(conversationId, responseId)
                .thenApply(found -> found.map(
                                known -> new Cancelling.Stand(known.status(), known.outcome(), known.ended()))
                        .orElse(Cancelling.Stand.UNKNOWN));
        Cancelling cancelling = new Cancelling(intake, standing);
        AskSending asking = new AskSending(intake, standing);
        Continuing continuing = new Continuing(intake, answers::document);
        AskRate rate = new AskRate(config.asksPerMinute(), System::nanoTime);
        AskHandler ask = new AskHandler(tape, intake, rate, asking, continuing, asks, parsing, streams, answers);
        EventsHandler events = new EventsHandler(streams, new PageHandler(tape, answers, PATIENCE), answers, PATIENCE);
        ConversationHandler conversations = new ConversationHandler(answers, cancelling, intake, rate);
        ConversationsHandler list = new ConversationsHandler(new ReadableConversations(history));
        StatusHandler status = new StatusHandler(tape::ready, registry, elsewhere);
        SocketHandshake sockets = new SocketHandshake(new SocketServices(
                tape,
                guard,
                intake,
                rate,
                asking,
                continuing,
                cancelling,
                answers,
                asks,
                parsing,
                bodies,
                StreamMeters.of(registry, "websocket"),
                config.keepAlive(),
                PATIENCE,
                config.maxSubscriptions(),
                config.maxMessageBytes()));

        TicketHandler tickets = new TicketHandler(guard);
        List<Route> routes = new ArrayList<>(List.of(
                Route.post(CONVERSATION + "/responses", ask::ask).needing(Scope.ASK),
                Route.post(CONVERSATION + "/tool-results", ask::toolResults).needing(Scope.ASK),
                Route.stream(CONVERSATION + "/events", READING, events::conversation)
                        .needing(Scope.READ),
                Route.stream(RESPONSE + "/events", READING, events::response).needing(Scope.READ),
                Route.get(CONVERSATIONS, ConversationsHandler.PARAMETERS, list::list)
                        .needingToken(),
                Route.get(CONVERSATION, conversations::conversation).needing(Scope.READ),
                Route.delete(CONVERSATION, conversations::delete).needing(Scope.DELETE),
                Route.get(RESPONSE, conversations::response).needing(Scope.READ),
                Route.post(RESPONSE + "/cancel", conversations::cancel).needing(Scope.CANCEL),
                Route.stream("/v1/stream", Set.of("ticket"), sockets::handle).needingToken(),
                Route.post("/v1/tickets", tickets::issue).needingToken(),
                Route.get("/health", status::health),
                Route.get("/ready", status::ready),
                Route.get("/metrics", status::metrics)));
        routes.addAll(Page.routes());
        return routes;
    }
}
