package dev.tokentape.gateway.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.auth.Expiry;
import dev.tokentape.gateway.auth.Grant;
import dev.tokentape.gateway.auth.Reauthenticate;
import dev.tokentape.gateway.auth.Scope;
import dev.tokentape.gateway.command.AcceptedJson;
import dev.tokentape.gateway.command.DeletingJson;
import dev.tokentape.gateway.command.Intake;
import dev.tokentape.gateway.http.Reservation;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is said on one socket: each message of the client is understood, checked against what the client may do, and
 * carried out or refused. Belongs to the connection's event loop.
 */
final class SocketDialogue {

    /** Asks and cancels of one socket that are on their way at once; further ones are refused. */
    static final int MOST_COMMANDS = 64;

    private static final CompletionStage<Void> NOTHING_LEFT = CompletableFuture.completedStage(null);

    private final SocketServices services;
    private final ChannelHandlerContext context;
    private final BiConsumer<ChannelHandlerContext, CloseWebSocketFrame> closer;
    private final String client;
    private final SocketReplies replies;
    private final SocketSubscriptions subscriptions;
    private Grant grant;
    private Expiry expiry;
    private int commands;
    private boolean closed;

    /**
     * @param grant what the client may do
     * @param client who is counted together where there is a limit for each client
     * @param closer ends the socket
     */
    SocketDialogue(
            SocketServices services,
            Grant grant,
            String client,
            ChannelHandlerContext context,
            BiConsumer<ChannelHandlerContext, CloseWebSocketFrame> closer) {
        this.services = services;
        this.context = context;
        this.grant = grant;
        this.client = client;
        this.closer = closer;
        this.replies = new SocketReplies(context);
        this.subscriptions = new SocketSubscriptions(services, replies, context);
        this.expiry = watch();
    }

    void writable() {
        subscriptions.writable();
    }

    /** @return whether a ping was sent */
    boolean tick(StreamHeartbeat heartbeat) {
        return subscriptions.tick(heartbeat);
    }

    void close() {
        closed = true;
        expiry.cancel();
        subscriptions.close();
    }

    /** The client has said this. */
    void said(byte[] message, Reservation memory) {
        services.parsing()
                .parse(message, ClientMessages.SHAPE, memory, Function.identity())
                .whenComplete((object, failure) -> {
                    if (context.executor().inEventLoop()) {
                        understood(object, failure, memory);
                    } else {
                        context.executor().execute(() -> understood(object, failure, memory));
                    }
                });
    }

    private void understood(@Nullable ObjectNode message, @Nullable Throwable failure, Reservation memory) {
        CompletionStage<Void> done = NOTHING_LEFT;
        if (message == null) {
            replies.refuse(
                    null, failure == null ? new IllegalStateException("neither a message nor a failure") : failure);
        } else if (!closed) {
            try {
                done = answer(ClientMessages.read(message));
            } catch (RuntimeException e) {
                replies.refuse(ClientMessages.refOf(message), e);
            }
        }
        done.whenComplete((_, _) -> memory.close());
    }

    /** @return done when nothing is needed any more of what the message says */
    private CompletionStage<Void> answer(ClientMessage message) {
        switch (message) {
            case ClientMessage.Subscribe subscribe -> subscriptions.subscribe(subscribe, grant);
            case ClientMessage.Unsubscribe unsubscribe -> subscriptions.unsubscribe(unsubscribe);
            case ClientMessage.Ask ask -> {
                return ask(ask);
            }
            case ClientMessage.Results results -> {
                return results(results);
            }
            case ClientMessage.Cancel cancel -> {
                return cancel(cancel);
            }
            case ClientMessage.Delete delete -> {
                return delete(delete);
            }
            case ClientMessage.Authenticate authenticate -> {
                return authenticate(authenticate);
            }
            case ClientMessage.Ping ping -> replies.reply("pong", ping.ref(), _ -> {});
            case ClientMessage.Unknown unknown ->
                throw new Problem(
                                "unknown-message",
                                "The message is of no known type",
                                400,
                                "the type is not known; known are ask, authenticate, cancel, delete, ping, "
                                        + "subscribe, tool_results, unsubscribe")
                        .asException();
        }
        return NOTHING_LEFT;
    }

    private CompletionStage<Void> ask(ClientMessage.Ask ask) {
        return command(ask.ref(), () -> {
            grant.require(Scope.ASK, ask.conversationId());
            services.rate().take(client);
            Intake.Accepted accepted = services.intake()
                    .accept(ask.conversationId(), services.askReader().read(ask.body()), ask.idempotencyKey());
            return send(ask.ref(), accepted);
        });
    }

    private CompletionStage<Void> results(ClientMessage.Results given) {
        return command(given.ref(), () -> {
            grant.require(Scope.ASK, given.conversationId());
            services.rate().take(client);
            return services.continuing()
                    .accept(given.conversationId(), given.results())
                    .thenCompose(accepted -> send(given.ref(), accepted));
        });
    }

    private CompletionStage<Runnable> send(@Nullable String ref, Intake.Accepted accepted) {
        return services.asking()
                .send(accepted)
                .thenApply(status ->
                        () -> replies.reply("accepted", ref, json -> AcceptedJson.writeFields(json, accepted, status)));
    }

    private CompletionStage<Void> cancel(ClientMessage.Cancel cancel) {
        return command(cancel.ref(), () -> {
            grant.require(Scope.CANCEL, cancel.conversationId());
            return services.cancelling()
                    .cancel(cancel.conversationId(), cancel.responseId())
                    .thenApply(stand -> () -> replies.reply("cancelling", cancel.ref(), json -> {
                        json.writeStringField("conversation_id", cancel.conversationId());
                        json.writeStringField("response_id", cancel.responseId());
                        stand.write(json);
                    }));
        });
    }

    private CompletionStage<Void> delete(ClientMessage.Delete delete) {
        return command(delete.ref(), () -> {
            grant.require(Scope.DELETE, delete.conversationId());
            services.rate().take(client);
            return services.intake()
                    .delete(delete.conversationId())
                    .thenApply(deleting -> () -> replies.reply(
                            "deleting",
                            delete.ref(),
                            json -> DeletingJson.writeFields(json, delete.conversationId(), deleting)));
        });
    }

    private CompletionStage<Void> authenticate(ClientMessage.Authenticate given) {
        return command(
                given.ref(),
                () -> services.guard().read(given.token()).thenApply(fresh -> () -> renew(given.ref(), fresh)));
    }

    /** From now on the client may do what the new token says; what it may not read any more ends. */
    private void renew(@Nullable String ref, Grant fresh) {
        if (!Objects.equals(fresh.subject(), grant.subject())) {
            replies.refuse(
                    ref,
                    new Problem(
                                    "other-subject",
                                    "The token is somebody else's",
                                    403,
                                    "the token is for another subject than this socket's; open another socket with it")
                            .asException());
            return;
        }
        grant = fresh;
        expiry.cancel();
        expiry = watch();
        replies.reply("authenticated", ref, json -> {
            if (fresh.expiresAt() != null) {
                json.writeStringField("expires_at", fresh.expiresAt().toString());
            }
        });
        subscriptions.keepOnly(fresh);
    }

    private Expiry watch() {
        return new Expiry(
                context.executor(),
                grant,
                services.guard().warning(),
                () -> replies.send(Reauthenticate.json(grant).getBytes(UTF_8)),
                () -> closer.accept(context, CloseCode.TOKEN_EXPIRED.frame()));
    }

    private CompletionStage<Void> command(@Nullable String ref, Supplier<CompletionStage<Runnable>> command) {
        if (commands >= MOST_COMMANDS) {
            replies.refuse(
                    ref,
                    Problem.overloaded("%d commands of this socket are on their way; wait for a reply"
                                    .formatted(MOST_COMMANDS))
                            .asException());
            return NOTHING_LEFT;
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
                        replies.refuse(ref, failure);
                    }
                },
                context.executor());
        return outcome.<Void>thenApply(_ -> null).exceptionally(_ -> null);
    }
}
