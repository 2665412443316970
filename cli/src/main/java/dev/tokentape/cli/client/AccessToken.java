package dev.tokentape.cli.client;

import java.io.IOException;
import java.util.Map;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The token with which a client says who it is: sent as {@code Authorization: Bearer} with every request, be it the
 * handshake of a WebSocket. Never printed.
 */
public final class AccessToken implements Interceptor {

    /** The environment variable that is looked at where no other is named. */
    public static final String USUAL_VARIABLE = "TOKENTAPE_TOKEN";

    private final String header;

    private AccessToken(String token) {
        this.header = "Bearer " + token;
    }

    /**
     * The token in an environment variable.
     *
     * @param variable its name; null for {@value #USUAL_VARIABLE}, which need not be set
     * @return null if there is none
     * @throws IllegalArgumentException with words for the user, if a variable was named that is not set, or if what it
     *     holds is no token
     */
    public static @Nullable AccessToken in(Map<String, String> environment, @Nullable String variable) {
        String name = variable == null ? USUAL_VARIABLE : variable;
        String token = environment.getOrDefault(name, "").strip();
        if (token.isEmpty()) {
            if (variable != null) {
                throw new IllegalArgumentException("--token-variable names '" + name + "', which is not set");
            }
            return null;
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException("the environment variable " + name
                    + " holds no token: it has spaces or characters that are not ASCII");
        }
        return new AccessToken(token);
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        return chain.proceed(
                chain.request().newBuilder().header("Authorization", header).build());
    }
}
