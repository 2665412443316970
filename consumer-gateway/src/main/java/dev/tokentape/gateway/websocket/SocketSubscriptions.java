package dev.tokentape.gateway.websocket;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.gateway.auth.Grant;
import dev.tokentape.gateway.auth.Scope;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.gateway.stream.StreamHeartbeat;
import dev.tokentape.gateway.stream.StreamWriter;
import dev.tokentape.gateway.stream.Subscription;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.ReadRequest.Start;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one socket reads, each conversation and each answer once. Belongs to the connection's event loop. */
final class SocketSubscriptions {

    /** What a subscription is to. */
    private record Subject(String conversationId, @Nullable String responseId) {}

    private final SocketServices services;
    private final StreamWriter writer;
    private final SocketReplies replies;
    private final EventExecutor loop;
    private final Map<Subject, Subscription> subscriptions = new HashMap<>();

    /** @param context events are written from here towards the socket */
    SocketSubscriptions(SocketServices services, SocketReplies replies, ChannelHandlerContext context) {
        this.services = services;
        this.replies = replies;
        this.loop = context.executor();
        this.writer = new StreamWriter(context, new SocketEncoder(), services.meters(), this::ended);
    }

    void writable() {
        writer.writable();
    }

    /** @return whether a ping was sent */
    boolean tick(StreamHeartbeat heartbeat) {
        return writer.tick(heartbeat);
    }

    void close() {
        writer.close();
        subscriptions.clear();
    }

    /** Ends those that the client may not read any more. */
    void keepOnly(Grant grant) {
        for (Subject subject : List.copyOf(subscriptions.keySet())) {
            if (!grant.allows(Scope.READ, subject.conversationId())) {
                writer.unsubscribe(Objects.requireNonNull(subscriptions.remove(subject)));
                unsubscribed(null, subject, "not_allowed");
            }
        }
    }

    /** @throws ProblemException if the client may not, or it cannot be done */
    void subscribe(ClientMessage.Subscribe wanted, Grant grant) {
        grant.require(Scope.READ, wanted.conversationId());
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
                            ("one socket may have %d subscriptions (gateway.max-subscriptions); unsubscribe "
                                            + "from some, or open another")
                                    .formatted(services.maxSubscriptions()))
                    .asException();
        }
        Start start = start(wanted);
        Subscription subscription;
        try {
            subscription = writer.subscribe(
                    services.tape(),
                    new ReadRequest(wanted.conversationId(), wanted.responseId(), start),
                    grant.filter());
        } catch (InvalidCursorException e) {
            throw Problem.invalidCursor(e.getMessage()).asException();
        }
        subscriptions.put(subject, subscription);
        // Events come in later turns of the loop, so the reply goes before the first of them.
        replies.reply("subscribed", wanted.ref(), json -> {
            writeSubject(json, subject);
            json.writeStringField("cursor", subscription.cursor());
        });
        if (wanted.responseId() != null) {
            awaitKnown(wanted.ref(), subject, wanted.responseId(), subscription);
        }
    }

    /**
     * Gives a subscription up if its answer has not begun and nobody knows it after a while, lest it waits for ever.
     */
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
                                    replies.refuse(
                                            ref,
                                            Problem.noSuchResponse(conversationId, responseId)
                                                    .asException());
                                }
                            },
                            loop);
        };
        loop.schedule(look, services.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** @throws ProblemException if there is no such subscription */
    void unsubscribe(ClientMessage.Unsubscribe unwanted) {
        Subject subject = new Subject(unwanted.conversationId(), unwanted.responseId());
        Subscription subscription = subscriptions.remove(subject);
        if (subscription == null) {
            throw new Problem(
                            "not-subscribed",
                            "The socket does not read this",
                            409,
                            "the socket has no such subscription; name the conversation, and the response "
                                    + "if you subscribed to one")
                    .asException();
        }
        writer.unsubscribe(subscription);
        unsubscribed(unwanted.ref(), subject, "requested");
    }

    /** An answer was read to its end: nothing more comes of that subscription. */
    private void ended(Subscription subscription) {
        Subject subject = new Subject(
                subscription.request().conversationId(), subscription.request().responseId());
        subscriptions.remove(subject);
        unsubscribed(null, subject, "ended");
    }

    private void unsubscribed(@Nullable String ref, Subject subject, String reason) {
        replies.reply("unsubscribed", ref, json -> {
            writeSubject(json, subject);
            json.writeStringField("reason", reason);
        });
    }

    private static Start start(ClientMessage.Subscribe wanted) {
        return switch (wanted.after()) {
            case null ->
                wanted.responseId() == null
                        ? orSnapshot(wanted, new Start.Now())
                        : orSnapshot(wanted, new Start.Beginning());
            case "start" -> orSnapshot(wanted, new Start.Beginning());
            case "now" -> orSnapshot(wanted, new Start.Now());
            case String cursor -> new Start.After(cursor);
        };
    }

    private static Start orSnapshot(ClientMessage.Subscribe wanted, Start start) {
        return wanted.snapshot() ? new Start.Snapshot() : start;
    }

    private static void writeSubject(JsonGenerator json, Subject subject) throws IOException {
        json.writeStringField("conversation_id", subject.conversationId());
        if (subject.responseId() != null) {
            json.writeStringField("response_id", subject.responseId());
        }
    }
}
