package dev.tokentape.producer.provider;

import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.schemas.config.Settings;
import java.time.Duration;
import java.util.Map;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * One provider's settings, {@code provider.NAME.…}.
 *
 * @param keyVariable the environment variable that holds the key; null for a server that wants none
 * @param connectTimeout longest time to connect
 * @param firstByteTimeout longest silence between sending the request and the answer's first byte
 * @param betweenTokensTimeout longest silence after that; comments that keep the connection alive count as a sound
 * @param maxAnswerDuration longest time for the whole answer
 */
record ProviderConfig(
        String name,
        Api api,
        HttpUrl baseUrl,
        @Nullable String keyVariable,
        @Nullable Secret key,
        Duration connectTimeout,
        Duration firstByteTimeout,
        Duration betweenTokensTimeout,
        Duration maxAnswerDuration) {

    /** The providers that need no settings but their key: API and variable. */
    private static final Map<String, String[]> KNOWN = Map.of(
            "openai", new String[] {"openai-chat-completions", "OPENAI_API_KEY"},
            "anthropic", new String[] {"anthropic-messages", "ANTHROPIC_API_KEY"});

    /** Reads one provider's settings; what is wrong is noted there, and the provider is null if it cannot be. */
    static @Nullable ProviderConfig from(Settings settings, String name) {
        String prefix = "provider." + name + ".";
        String[] known = KNOWN.get(name);
        String apiName =
                known == null ? settings.optionalText(prefix + "api") : settings.text(prefix + "api", known[0]);
        Api api = apiName == null ? null : Apis.named(apiName);
        if (api == null) {
            settings.problem("%sapi (%s) is '%s': expected one of %s"
                    .formatted(prefix, Settings.variableOf(prefix + "api"), apiName, String.join(", ", Apis.names())));
            return null;
        }
        String vendor = known == null ? null : api.vendorUrl();
        String address = vendor == null
                ? settings.optionalText(prefix + "base-url")
                : settings.text(prefix + "base-url", vendor);
        HttpUrl url = address == null ? null : HttpUrl.parse(address.strip());
        if (url == null) {
            settings.problem("%sbase-url (%s) is '%s': expected an address like http://127.0.0.1:11434"
                    .formatted(prefix, Settings.variableOf(prefix + "base-url"), address));
            return null;
        }
        String variable = known == null
                ? settings.optionalText(prefix + "key-variable")
                : settings.text(prefix + "key-variable", known[1]);
        String key = variable == null ? null : settings.secret(variable);
        return new ProviderConfig(
                name,
                api,
                url,
                variable,
                key == null ? null : new Secret(key),
                timeout(settings, prefix + "connect-timeout", Duration.ofSeconds(10)),
                timeout(settings, prefix + "first-byte-timeout", Duration.ofSeconds(60)),
                timeout(settings, prefix + "between-tokens-timeout", Duration.ofSeconds(30)),
                timeout(settings, prefix + "max-answer-duration", Duration.ofMinutes(15)));
    }

    /** Where answers are asked for; tolerates a base URL that already ends in the API's version. */
    HttpUrl endpoint() {
        String base = baseUrl.toString().replaceAll("/+$", "");
        return HttpUrl.get((base.endsWith("/v1") ? base.substring(0, base.length() - 3) : base) + api.path());
    }

    /** Whether it is the vendor of the API itself, not another server that speaks it. */
    boolean vendor() {
        return baseUrl.host().equals(HttpUrl.get(api.vendorUrl()).host());
    }

    /** Whether closing the connection stops billing there: yes, no or unknown. */
    String billingStops() {
        return Billing.stopsAt(baseUrl.host(), KNOWN.containsKey(name));
    }

    private static Duration timeout(Settings settings, String key, Duration defaultValue) {
        Duration value = settings.duration(key, defaultValue);
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            settings.problem("%s (%s) is %s: expected 1ms to 1d".formatted(key, Settings.variableOf(key), value));
            return defaultValue;
        }
        return value;
    }
}
