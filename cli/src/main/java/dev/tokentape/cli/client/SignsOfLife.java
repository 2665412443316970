package dev.tokentape.cli.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a stream that is never silent for longer than an interval, and gives it up where it is for two and a half of
 * those that the gateway promises. A gateway that promises nothing is an older one, which sends something every 15
 * seconds.
 */
final class SignsOfLife implements Interceptor {

    static final String HEADER = "Tokentape-Heartbeat";

    private static final long HALVES_UNTIL_DEAD = 5;
    private static final Duration OF_OLD_GATEWAYS = Duration.ofSeconds(15);

    private final Duration interval;

    /** @param interval whole seconds */
    SignsOfLife(Duration interval) {
        this.interval = interval;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request()
                .newBuilder()
                .header(HEADER, Long.toString(interval.toSeconds()))
                .build());
        if (response.isSuccessful()) {
            long millis = silenceOf(response.header(HEADER)).toMillis();
            response.body().source().timeout().timeout(millis, TimeUnit.MILLISECONDS);
        }
        return response;
    }

    /** The silence after which a gateway that promised this is given up. */
    static Duration silenceOf(@Nullable String promise) {
        Duration interval = OF_OLD_GATEWAYS;
        if (promise != null) {
            try {
                interval = Duration.ofSeconds(Math.max(1, Integer.parseInt(promise.strip())));
            } catch (NumberFormatException _) {
                interval = OF_OLD_GATEWAYS;
            }
        }
        return interval.multipliedBy(HALVES_UNTIL_DEAD).dividedBy(2);
    }
}
