package dev.tokentape.producer.provider.http;

import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.ProviderDirectory;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.schemas.config.Settings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
public final class Providers implements ProviderDirectory {

    private static final int IDLE_CONNECTIONS = 256;

    private final OkHttpClient client;
    private final Map<String, Provider> providers;

    private Providers(OkHttpClient client, Map<String, Provider> providers) {
        this.client = client;
        this.providers = providers;
    }

    public static Providers open(ProvidersConfig config) {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 60, TimeUnit.SECONDS))
                .socketFactory(new BoundedSockets())
                .followRedirects(false)
                .followSslRedirects(false)
                .build();
        Map<String, Provider> providers = new LinkedHashMap<>();
        config.providers().forEach(provider -> providers.put(provider.name(), new HttpProvider(provider, client)));
        return new Providers(client, providers);
    }

    /** Opens the providers of these settings; what is wrong with them is noted there, for their check. */
    public static Providers from(Settings settings) {
        return open(ProvidersConfig.from(settings));
    }

    @Override
    public Optional<Provider> named(String name) {
        return Optional.ofNullable(providers.get(name));
    }

    /** The names in the order of the settings. */
    @Override
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
