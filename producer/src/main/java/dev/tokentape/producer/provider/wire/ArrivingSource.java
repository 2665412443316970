package dev.tokentape.producer.provider.wire;

import java.io.IOException;
import java.net.SocketTimeoutException;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * A response's body that tells when its bytes come.
 *
 * <p>A connection that breaks is the end of the body, so that what came before is read; only a time-out, and what the
 * caller itself brought about, is an exception.
 */
public final class ArrivingSource extends ForwardingSource {

    /** Hears of bytes as they come. */
    public interface Arrivals {

        /** Before waiting for bytes. */
        void waiting() throws IOException;

        void arrived();
    }

    private final Arrivals arrivals;

    public ArrivingSource(Source body, Arrivals arrivals) {
        super(body);
        this.arrivals = arrivals;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        arrivals.waiting();
        long count;
        try {
            count = super.read(sink, byteCount);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return -1;
        }
        if (count != -1) {
            arrivals.arrived();
        }
        return count;
    }
}
