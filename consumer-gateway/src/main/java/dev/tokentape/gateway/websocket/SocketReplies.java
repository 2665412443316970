package dev.tokentape.gateway.websocket;

import dev.tokentape.gateway.json.JsonBytes;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.failure.Wordless;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What we say on one socket beside its events. Belongs to the connection's event loop. */
final class SocketReplies {

    private static final Logger log = LoggerFactory.getLogger(SocketReplies.class);

    /** Header of the longest frame. */
    private static final int FRAME_HEADER_BYTES = 10;

    private final ChannelHandlerContext context;

    SocketReplies(ChannelHandlerContext context) {
        this.context = context;
    }

    /** @param ref of the message that it replies to; null if it replies to none */
    void reply(String type, @Nullable String ref, JsonBytes.Part fields) {
        send(JsonBytes.object(json -> {
            json.writeStringField("type", type);
            if (ref != null) {
                json.writeStringField("ref", ref);
            }
            fields.write(json);
        }));
    }

    /** Says that a message was not understood, or is not carried out, and why. */
    void refuse(@Nullable String ref, Throwable failure) {
        Problem problem = ProblemException.in(failure);
        if (problem == null) {
            log.error("a WebSocket message failed", Wordless.of(failure));
            problem = Problem.internal();
        }
        Problem told = problem;
        reply("refused", ref, json -> {
            json.writeFieldName("problem");
            told.write(json);
        });
    }

    /** Sends a message as it is. */
    void send(byte[] json) {
        ByteBuf frame = context.alloc().buffer(json.length + FRAME_HEADER_BYTES);
        SocketEncoder.text(json, frame);
        context.writeAndFlush(frame, context.voidPromise());
    }
}
