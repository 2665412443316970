package dev.tokentape.cli.client;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;

/**
 * The gateways of one installation, of which any serves: the first, until it does not answer; then the next.
 * Thread-safe.
 */
final class Gateways {

    private final List<HttpUrl> addresses;
    private final AtomicInteger turn = new AtomicInteger();

    /** @throws IllegalArgumentException if one is no address */
    Gateways(List<URI> addresses) {
        this.addresses = addresses.stream()
                .map(address -> HttpUrl.get(address.toString()))
                .toList();
    }

    int count() {
        return addresses.size();
    }

    /** The one whose turn it is. */
    HttpUrl current() {
        return addresses.get(Math.floorMod(turn.get(), addresses.size()));
    }

    /** It did not answer, or sent its readers away: the next one's turn, unless somebody has said so before. */
    void next(HttpUrl from) {
        int now = turn.get();
        if (addresses.get(Math.floorMod(now, addresses.size())).equals(from)) {
            turn.compareAndSet(now, now + 1);
        }
    }

    /** A listener that passes the turn on when its connection is lost. */
    StreamListener passingOn(HttpUrl from, StreamListener listener) {
        return new StreamListener() {
            @Override
            public void opened() {
                listener.opened();
            }

            @Override
            public void frame(EventFrame frame) {
                listener.frame(frame);
            }

            @Override
            public void ended() {
                listener.ended();
            }

            @Override
            public void lost(LostConnection lost) {
                if (lost.comeBack()) {
                    next(from);
                }
                listener.lost(lost);
            }
        };
    }

    /** As they were given, for messages. */
    @Override
    public String toString() {
        return addresses.stream()
                .map(address -> address.toString().replaceAll("/$", ""))
                .collect(Collectors.joining(", "));
    }
}
