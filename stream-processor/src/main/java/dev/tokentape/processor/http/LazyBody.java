package dev.tokentape.processor.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The body of a 200 answer; the status goes out with the first bytes, so that until then it may become another. */
final class LazyBody extends OutputStream {

    private final HttpExchange exchange;
    private @Nullable OutputStream body;
    private boolean abandoned;

    LazyBody(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /** Nothing more is written, and nothing at all if nothing was. */
    void abandon() {
        abandoned = true;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!abandoned) {
            open().write(bytes, offset, length);
        }
    }

    @Override
    public void close() throws IOException {
        if (!abandoned) {
            open().close();
        }
    }

    private OutputStream open() throws IOException {
        if (body == null) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            body = exchange.getResponseBody();
        }
        return body;
    }
}
