package dev.tokentape.gateway;

import dev.tokentape.gateway.auth.AuthConfig;
import dev.tokentape.gateway.http.Access;
import dev.tokentape.gateway.http.ServerConfig;
import dev.tokentape.gateway.http.TlsFiles;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.provider.KnownProvider;
import dev.tokentape.schemas.provider.KnownProviders;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a gateway.
 *
 * @param server how it listens, and what it lets in
 * @param auth how callers are recognised
 * @param processorUrls where the processor's instances answer for stored turns; at least one
 * @param defaultProvider for asks that name none
 * @param defaultModels for asks that name no model, by provider
 * @param segmentBytes of recent events held in memory, all conversations together
 * @param resumeWindow how far back readers may resume
 * @param unwatchedGrace how long nobody may read an answer that is to be cancelled then
 */
public record GatewayConfig(
        KafkaSettings kafka,
        String schemaRegistryUrl,
        TopicCatalogue topics,
        ServerConfig server,
        AuthConfig auth,
        List<URI> processorUrls,
        String defaultProvider,
        Map<String, String> defaultModels,
        long segmentBytes,
        Duration resumeWindow,
        Duration unwatchedGrace) {

    private static final int LEAST_PER_ADDRESS = 64;
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(10);
    private static final int MEBIBYTE = 1024 * 1024;
    private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.\\-\\[\\]:]+");

    public GatewayConfig {
        processorUrls = List.copyOf(processorUrls);
    }

    /**
     * Reads a gateway's settings and checks them.
     *
     * @throws dev.tokentape.schemas.config.InvalidSettingsException naming all that is wrong
     */
    public static GatewayConfig from(Settings settings) {
        AuthConfig auth = AuthConfig.from(settings);
        GatewayConfig config = new GatewayConfig(
                KafkaSettings.from(settings),
                settings.text("schema.registry.url", "http://localhost:8085"),
                TopicCatalogue.from(settings),
                server(settings, auth.required()),
                auth,
                processorUrls(settings),
                settings.text("gateway.default-provider", "openai"),
                defaultModels(settings),
                settings.wholeNumber(
                        "gateway.segment-bytes", Math.min(256L * MEBIBYTE, quarterOfHeap()), MEBIBYTE, Long.MAX_VALUE),
                settings.duration("gateway.resume-window", Duration.ofMinutes(15)),
                settings.notNegative("gateway.unwatched-grace", Duration.ofSeconds(30)));
        settings.check();
        return config;
    }

    /** @param authenticated whether callers need a token */
    private static ServerConfig server(Settings settings, boolean authenticated) {
        String host = settings.text("gateway.host", "127.0.0.1");
        boolean anonymous = settings.flag("gateway.allow-anonymous", false);
        requireDecision(settings, host, anonymous, authenticated);
        int processors = Runtime.getRuntime().availableProcessors();
        int largest = RecordLimits.MAX_VALUE_BYTES - 64 * 1024;
        int connections = settings.integer("gateway.max-connections", 20_000, 1, 10_000_000);
        return new ServerConfig(
                host,
                settings.integer("gateway.port", 8080, 0, 65_535),
                settings.integer("gateway.threads", processors, 1, 1024),
                new Access(hosts(settings, host), origins(settings)),
                connections,
                settings.integer(
                        "gateway.max-connections-per-address",
                        Math.max(LEAST_PER_ADDRESS, connections / 2),
                        1,
                        10_000_000),
                settings.integer("gateway.max-request-bytes", largest, 1024, largest),
                settings.integer("gateway.max-message-bytes", MEBIBYTE, 1024, largest),
                settings.wholeNumber(
                        "gateway.request-memory", Math.max(64L * MEBIBYTE, quarterOfHeap()), MEBIBYTE, Long.MAX_VALUE),
                settings.positive("gateway.header-timeout", Duration.ofSeconds(10)),
                settings.positive("gateway.idle-timeout", Duration.ofSeconds(60)),
                settings.positive("gateway.keep-alive", Duration.ofSeconds(15)),
                settings.integer("gateway.max-subscriptions", 256, 1, 100_000),
                settings.integer("gateway.asks-per-minute", 6_000, 1, 100_000_000),
                drainTime(settings),
                tls(settings));
    }

    private static long quarterOfHeap() {
        return Runtime.getRuntime().maxMemory() / 4;
    }

    private static @Nullable TlsFiles tls(Settings settings) {
        String certificate = settings.optionalText("gateway.tls.certificate");
        String key = settings.optionalText("gateway.tls.key");
        if (certificate != null && key != null) {
            return new TlsFiles(Path.of(certificate), Path.of(key));
        }
        if (certificate != null || key != null) {
            settings.problem("gateway.tls.certificate and gateway.tls.key: only one is set; TLS needs both PEM files");
        }
        return null;
    }

    /**
     * Where nobody is asked who they are, only this machine may reach the gateway, unless somebody has decided
     * otherwise; and where callers are asked, nobody may have decided otherwise.
     */
    private static void requireDecision(Settings settings, String host, boolean anonymous, boolean authenticated) {
        if (anonymous && authenticated) {
            settings.problem("gateway.allow-anonymous is true, and gateway.auth.* says how callers are told apart: "
                    + "take one of them away");
        }
        try {
            if (!anonymous && !authenticated && !InetAddress.getByName(host).isLoopbackAddress()) {
                settings.problem(("gateway.host is '%s', which others can reach, and the gateway asks nobody who "
                                + "they are: anyone there could spend your provider keys. Set "
                                + "gateway.host=127.0.0.1, or gateway.auth.jwks-url or a secret for tokens, or "
                                + "gateway.allow-anonymous=true if something before it decides who may pass")
                        .formatted(host));
            }
        } catch (UnknownHostException _) {
            settings.problem("gateway.host '%s' is no address of this machine: expected one like 127.0.0.1 or 0.0.0.0"
                    .formatted(host));
        }
    }

    private static Set<String> hosts(Settings settings, String host) {
        Set<String> hosts = new HashSet<>(settings.list("gateway.allowed-hosts", "localhost,127.0.0.1,[::1]"));
        hosts.add(host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host);
        Set<String> lower = new HashSet<>();
        hosts.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return lower;
    }

    private static Set<String> origins(Settings settings) {
        Set<String> origins = new HashSet<>(settings.list("gateway.allowed-origins", ""));
        for (String origin : origins) {
            if (!ORIGIN.matcher(origin).matches()) {
                settings.problem(("gateway.allowed-origins has '%s': expected origins like https://chat.example.org, "
                                + "without a path, each by name")
                        .formatted(origin));
            }
        }
        return origins;
    }

    private static List<URI> processorUrls(Settings settings) {
        List<URI> urls = new ArrayList<>();
        for (String url : settings.list("gateway.processor-urls", "http://127.0.0.1:8081")) {
            try {
                URI uri = URI.create(url);
                if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null) {
                    urls.add(uri);
                    continue;
                }
            } catch (IllegalArgumentException _) {
                // Told below, like any other that is no address.
            }
            settings.problem(
                    "gateway.processor-urls has '%s': expected addresses like http://host:8081".formatted(url));
        }
        if (urls.isEmpty()) {
            settings.problem("gateway.processor-urls is empty: expected at least one address like http://host:8081");
        }
        return urls;
    }

    /** The model for asks that name none, by provider: those known, and those of the settings. */
    public static Map<String, String> defaultModels(Settings settings) {
        Map<String, String> models = new HashMap<>();
        for (KnownProvider provider : KnownProviders.ALL) {
            if (provider.defaultModel() != null) {
                models.put(provider.name(), provider.defaultModel());
            }
        }
        for (String entry : settings.list("gateway.default-models", "")) {
            int equals = entry.indexOf('=');
            if (equals < 1 || equals == entry.length() - 1) {
                settings.problem("gateway.default-models has '%s': expected provider=model, such as openai=gpt-4o-mini"
                        .formatted(entry));
                continue;
            }
            models.put(
                    entry.substring(0, equals).strip(),
                    entry.substring(equals + 1).strip());
        }
        return Map.copyOf(models);
    }

    private static Duration drainTime(Settings settings) {
        Duration time = settings.notNegative("gateway.drain-time", Duration.ofMillis(2_500));
        if (time.compareTo(LONGEST_DRAIN) > 0) {
            settings.problem("gateway.drain-time is %s: expected at most %s".formatted(time, LONGEST_DRAIN));
        }
        return time;
    }
}
