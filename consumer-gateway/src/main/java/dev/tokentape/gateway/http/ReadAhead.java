package dev.tokentape.gateway.http;

import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What was read of a connection and not looked at yet, at most what one read held. Belongs to its event loop. */
final class ReadAhead {

    private final ArrayDeque<HttpObject> pending = new ArrayDeque<>();
    private boolean draining;

    void add(HttpObject message) {
        pending.add(message);
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    /**
     * Hands on what is here, one after the other, while it may. What that leads to may call it again: then it does
     * nothing.
     */
    void drain(BooleanSupplier takesMore, Consumer<HttpObject> taker) {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!pending.isEmpty() && takesMore.getAsBoolean()) {
                HttpObject next = pending.remove();
                try {
                    taker.accept(next);
                } finally {
                    ReferenceCountUtil.release(next);
                }
            }
        } finally {
            draining = false;
        }
    }

    void clear() {
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
    }
}
