package dev.tokentape.simulator.http;

import dev.tokentape.simulator.api.IncomingRequest;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: one call at a time, then the next. It always reads, because only a reading channel notices
 * that the client has gone; a client which sends its next request before the answer has ended is therefore cut off.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes the connection, which is seen as its end.
final class ConnectionHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    private final FrontState state;
    private @Nullable Exchange current;

    ConnectionHandler(FrontState state) {
        this.state = state;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (current != null) {
            LOG.warn("a client sent a request before the answer to its last one had ended; closing its connection");
            context.close();
            return;
        }
        var uri = new QueryStringDecoder(request.uri());
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        if (request.method().equals(HttpMethod.POST)) {
            var headers = new HashMap<String, String>();
            request.headers()
                    .forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
            var incoming = new IncomingRequest(
                    uri.path(), Target.query(uri), headers, ByteBufUtil.getBytes(request.content()));
            var exchange = new Exchange(context, state.log.open(), keepAlive, () -> current = null);
            current = exchange;
            new CallOpening(state, exchange, incoming).begin();
        } else {
            context.writeAndFlush(Pages.answer(state, request.method(), uri, keepAlive))
                    .addListener(sent -> {
                        if (!keepAlive) {
                            context.close();
                        }
                    });
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null) {
            current.writabilityChanged();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (current != null) {
            current.closed(state.closing);
            current = null;
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A broken connection is the client's affair, and stands in the log of calls.
        if (!(cause instanceof IOException)) {
            LOG.error("a call failed inside the simulator; closing its connection", cause);
        }
        context.close();
    }
}
