package dev.tokentape.gateway.websocket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.command.AcceptedJson;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.command.JsonBody;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.gateway.stream.StreamWriter;
import dev.tokentape.gateway.stream.Subscription;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.ReadRequest.Start;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said on one socket: the client's wishes, our replies, and the events of all it has subscribed to. Belongs to the
 * connection's event loop.
 */
final class SocketDialogue {

    /** Asks and cancels of one socket that are on their way at once; further ones are refused. */
    static final int MOST_COMMANDS = 64;

    private static final Logger log = LoggerFactory.getLogger(SocketDialogue.class);
    private static final JsonFactory JSON = new JsonFactory();

    /** What a subscription is to. */
    private record Subject(String conversationId, @Nullable String responseId) {}

    /** Writes fields into an open object. */
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private final SocketServices services;
    private final ChannelHandlerContext context;
    private final BiConsumer<ChannelHandlerContext, CloseWebSocketFrame> closer;
    private final StreamWriter writer;
    private final Map<Subject, Subscription> subscriptions = new HashMap<>();
    private int commands;
    private boolean closed;

    /** @param closer ends the socket */
    SocketDialogue(
            SocketServices services,
            ChannelHandlerContext context,
            BiConsumer<ChannelHandlerContext, CloseWebSocketFrame> closer) {
        this.services = services;
        this.context = context;
        this.closer = closer;
        this.writer = new StreamWriter(context, new SocketEncoder(), services.meters(), this::ended);
    }

    void writable() {
        writer.writable();
    }

    /** @return whether a ping was sent */
    boolean tick() {
        return writer.tick();
    }

    void close() {
        closed = true;
        writer.close();
        subscriptions.clear();
    }

    /** The client has said this. */
    void said(byte[] message) {
        services.parsing().parse(message, JsonBody::object).whenComplete((object, failure) -> {
            if (context.executor().inEventLoop()) {
                understood(object, failure);
            } else {
                context.executor().execute(() -> understood(object, failure));
            }
        });
    }

    private void understood(@Nullable ObjectNode message, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (message == null) {
            refuse(null, failure == null ? new IllegalStateException("neither a message nor a failure") : failure);
            return;
        }
        try {
            answer(ClientMessages.read(message));
        } catch (RuntimeException e) {
            refuse(ClientMessages.refOf(message), e);
        }
    }

    private void answer(ClientMessage message) {
        switch (message) {
            case ClientMessage.Subscribe subscribe -> subscribe(subscribe);
            case ClientMessage.Unsubscribe unsubscribe -> unsubscribe(unsubscribe);
            case ClientMessage.Ask ask -> ask(ask);
            case ClientMessage.Results results -> results(results);
            case ClientMessage.Cancel cancel -> cancel(cancel);
            case ClientMessage.Ping ping -> reply("pong", ping.ref(), _ -> {});
            case ClientMessage.Unknown unknown ->
                throw new Problem(
                                "unknown-message",
                                "The message is of no known type",
                                400,
                                "'%s' is not known; known are ask, cancel, ping, subscribe, tool_results, unsubscribe"
                                        .formatted(unknown.type()))
                        .asException();
        }
    }

    private void subscribe(ClientMessage.Subscribe wanted) {
        Subject subject = new Subject(wanted.conversationId(), wanted.responseId());
        if (subscriptions.containsKey(subject)) {
            throw new Problem(
                            "already-subscribed",
                            "The socket reads this already",
                            409,
                            "the socket is subscribed to this; unsubscribe first to begin at another place")
                    .asException();
        }
        if (subscriptions.size() >= services.maxSubscriptions()) {
            throw new Problem(
                            "too-many-subscriptions",
                            "The socket reads as much as it may",
                            429,
                            "one socket may have %d subscriptions (gateway.max-subscriptions); unsubscribe from some, or open another"
                                    .formatted(services.maxSubscriptions()))
                    .asException();
        }
        Start start = start(wanted);
        Subscription subscription;
        try {
            subscription = writer.subscribe(
                    services.tape(), new ReadRequest(wanted.conversationId(), wanted.responseId(), start));
        } catch (InvalidCursorException e) {
            throw Problem.invalidCursor(e.getMessage()).asException();
        }
        subscriptions.put(subject, subscription);
        // Events come in later turns of the loop, so the reply goes before the first of them.
        reply("subscribed", wanted.ref(), json -> {
            writeSubject(json, subject);
            json.writeStringField("cursor", subscription.cursor());
        });
        if (wanted.responseId() != null) {
            awaitKnown(wanted.ref(), subject, wanted.responseId(), subscription);
        }
    }

    /** Gives a subscription up if its answer has not begun and nobody knows it after a while, lest it waits for ever. */
    private void awaitKnown(@Nullable String ref, Subject subject, String responseId, Subscription subscription) {
        String conversationId = subject.conversationId();
        if (services.answers().isKnownHere(conversationId, responseId)) {
            return;
        }
        Runnable look = () -> {
            if (subscriptions.get(subject) != subscription || subscription.delivered()) {
                return;
            }
            services.answers()
                    .find(conversationId, responseId)
                    .whenCompleteAsync(
                            (found, failure) -> {
                                boolean unknown = failure == null && found.isEmpty();
                                if (unknown
                                        && subscriptions.get(subject) == subscription
                                        && !subscription.delivered()) {
                                    subscriptions.remove(subject);
                                    writer.unsubscribe(subscription);
                                    refuse(
                                            ref,
                                            Problem.noSuchResponse(conversationId, responseId)
                                                    .asException());
                                }
                            },
                            context.executor());
        };
        context.executor().schedule(look, services.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void unsubscribe(ClientMessage.Unsubscribe unwanted) {
        Subject subject = new Subject(unwanted.conversationId(), unwanted.responseId());
        Subscription subscription = subscriptions.remove(subject);
        if (subscription == null) {
            throw new Problem(
                            "not-subscribed",
                            "The socket does not read this",
                            409,
                            "the socket has no such subscription; name the conversation, and the response if you subscribed to one")
                    .asException();
        }
        writer.unsubscribe(subscription);
        reply("unsubscribed", unwanted.ref(), json -> {
            writeSubject(json, subject);
            json.writeStringField("reason", "requested");
        });
    }

    /** An answer was read to its end: nothing more comes of that subscription. */
    private void ended(Subscription subscription) {
        Subject subject = new Subject(
                subscription.request().conversationId(), subscription.request().responseId());
        subscriptions.remove(subject);
        reply("unsubscribed", null, json -> {
            writeSubject(json, subject);
            json.writeStringField("reason", "ended");
        });
    }

    private void ask(ClientMessage.Ask ask) {
        command(ask.ref(), () -> {
            Intake.Accepted accepted = services.intake()
                    .accept(ask.conversationId(), services.wishes().read(ask.wish()), ask.idempotencyKey());
            return send(ask.ref(), accepted);
        });
    }

    private void results(ClientMessage.Results given) {
        command(
                given.ref(),
                () -> services.continuing()
                        .accept(given.conversationId(), given.results())
                        .thenCompose(accepted -> send(given.ref(), accepted)));
    }

    private CompletionStage<Runnable> send(@Nullable String ref, Intake.Accepted accepted) {
        return services.asking()
                .send(accepted)
                .thenApply(status ->
                        () -> reply("accepted", ref, json -> AcceptedJson.writeFields(json, accepted, status)));
    }

    private void cancel(ClientMessage.Cancel cancel) {
        command(
                cancel.ref(),
                () -> services.cancelling()
                        .cancel(cancel.conversationId(), cancel.responseId())
                        .thenApply(outcome -> () -> reply("cancelling", cancel.ref(), json -> {
                            json.writeStringField("conversation_id", cancel.conversationId());
                            json.writeStringField("response_id", cancel.responseId());
                            json.writeStringField("status", outcome.status());
                        })));
    }

    private void command(@Nullable String ref, java.util.function.Supplier<CompletionStage<Runnable>> command) {
        if (commands >= MOST_COMMANDS) {
            refuse(
                    ref,
                    Problem.overloaded("%d commands of this socket are on their way; wait for a reply"
                                    .formatted(MOST_COMMANDS))
                            .asException());
            return;
        }
        commands++;
        CompletionStage<Runnable> outcome;
        try {
            outcome = command.get();
        } catch (RuntimeException e) {
            outcome = CompletableFuture.failedStage(e);
        }
        outcome.whenCompleteAsync(
                (reply, failure) -> {
                    commands--;
                    if (closed) {
                        return;
                    }
                    if (failure == null) {
                        reply.run();
                    } else {
                        refuse(ref, failure);
                    }
                },
                context.executor());
    }

    private void refuse(@Nullable String ref, Throwable failure) {
        Problem problem = ProblemException.in(failure);
        if (problem == null) {
            log.error("a WebSocket message failed", failure);
            problem = Problem.internal();
        }
        Problem told = problem;
        reply("refused", ref, json -> {
            json.writeFieldName("problem");
            told.write(json);
        });
    }

    private void reply(String type, @Nullable String ref, Fields fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("type", type);
            if (ref != null) {
                json.writeStringField("ref", ref);
            }
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuf frame = context.alloc().buffer(out.size() + 10);
        SocketEncoder.text(out.toByteArray(), frame);
        context.writeAndFlush(frame, context.voidPromise());
    }

    private static Start start(ClientMessage.Subscribe wanted) {
        return switch (wanted.after()) {
            case null -> wanted.responseId() == null ? new Start.Now() : new Start.Beginning();
            case "start" -> new Start.Beginning();
            case "now" -> new Start.Now();
            case String cursor -> new Start.After(cursor);
        };
    }

    private static void writeSubject(JsonGenerator json, Subject subject) throws IOException {
        json.writeStringField("conversation_id", subject.conversationId());
        if (subject.responseId() != null) {
            json.writeStringField("response_id", subject.responseId());
        }
    }
}
