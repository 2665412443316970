package dev.tokentape.producer.provider;

import dev.tokentape.schemas.config.Settings;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * The providers of this process, as configured by {@code providers} and {@code provider.NAME.…}. Thread-safe.
 *
 * <p>They share one HTTP client. HTTP/1.1 only: each answer then has a connection of its own, so that one that is read
 * slowly holds up no other, and closing it is unmistakable. Redirects are not followed: a key goes nowhere but where it
 * was meant to go.
 */
public final class Providers implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final int IDLE_CONNECTIONS = 256;

    private final OkHttpClient client;
    private final Map<String, Provider> providers;

    private Providers(OkHttpClient client, Map<String, Provider> providers) {
        this.client = client;
        this.providers = providers;
    }

    /** Reads the settings of all providers; what is wrong with them is noted in the settings, for their check. */
    public static Providers from(Settings settings) {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 60, TimeUnit.SECONDS))
                .followRedirects(false)
                .followSslRedirects(false)
                .build();
        Map<String, Provider> providers = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (String entry : settings.text("providers", "openai,anthropic").split(",", -1)) {
            String name = entry.strip();
            if (!NAME.matcher(name).matches() || !seen.add(name)) {
                settings.problem("providers (%s) has '%s': expected each name once, of a-z, 0-9 and dashes"
                        .formatted(Settings.variableOf("providers"), name));
                continue;
            }
            ProviderConfig config = ProviderConfig.from(settings, name);
            if (config != null) {
                providers.put(name, new HttpProvider(config, client));
            }
        }
        return new Providers(client, providers);
    }

    public Optional<Provider> named(String name) {
        return Optional.ofNullable(providers.get(name));
    }

    /** The names in the order of the settings. */
    public Set<String> names() {
        return Collections.unmodifiableSet(providers.keySet());
    }

    /** Closes idle connections. Calls that are running are not touched: cancel them before. */
    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
