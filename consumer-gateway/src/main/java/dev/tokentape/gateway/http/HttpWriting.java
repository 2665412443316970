package dev.tokentape.gateway.http;

import dev.tokentape.gateway.stream.StreamHeartbeat;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** Answers as Netty's messages, with the headers that every answer has. */
final class HttpWriting {

    private HttpWriting() {}

    /** @param head the request; null if it could not be understood */
    static FullHttpResponse whole(HttpAnswer.Whole answer, @Nullable HttpRequest head, boolean keepAlive, Door door) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        HttpHeaders headers = response.headers();
        common(headers, head, door);
        if (answer.status() != 204 && answer.status() != 304) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
            headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        }
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        answer.headers().forEach(headers::set);
        HttpUtil.setKeepAlive(headers, head == null ? HttpVersion.HTTP_1_1 : head.protocolVersion(), keepAlive);
        return response;
    }

    static HttpResponse streamHead(HttpAnswer.Events events, HttpRequest head, boolean keepAlive, Door door) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        HttpHeaders headers = response.headers();
        common(headers, head, door);
        headers.set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        headers.set(HttpHeaderNames.CACHE_CONTROL, "no-cache, no-transform");
        headers.set("X-Accel-Buffering", "no");
        headers.set(StreamHeartbeat.HEADER, events.stream().heartbeat().told());
        events.headers().forEach(headers::set);
        if (chunked(head)) {
            HttpUtil.setTransferEncodingChunked(response, true);
        }
        HttpUtil.setKeepAlive(headers, head.protocolVersion(), keepAlive);
        return response;
    }

    static FullHttpResponse upgrade(HttpAnswer.Upgrade upgrade, Door door) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        door.headers().forEach(response.headers()::set);
        upgrade.headers().forEach(response.headers()::set);
        return response;
    }

    /** Whether the client can read an answer in chunks. */
    static boolean chunked(HttpRequest head) {
        return head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
    }

    private static void common(HttpHeaders headers, @Nullable HttpRequest head, Door door) {
        headers.set(HttpHeaderNames.DATE, DateFormatter.format(new Date()));
        door.headers().forEach(headers::set);
        Access access = door.config().access();
        if (head != null && access.problem(head.headers()) == null) {
            access.corsHeaders(head.headers()).forEach(headers::set);
        }
    }
}
