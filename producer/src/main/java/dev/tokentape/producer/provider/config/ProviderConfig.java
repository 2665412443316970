package dev.tokentape.producer.provider.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.policy.CallPolicy;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Limits;
import dev.tokentape.producer.provider.auth.AwsSigner;
import dev.tokentape.producer.provider.auth.Secret;
import dev.tokentape.producer.provider.turns.ToolNames;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.provider.AfterClosing;
import dev.tokentape.schemas.provider.Habits;
import dev.tokentape.schemas.provider.KnownProvider;
import dev.tokentape.schemas.provider.KnownProviders;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * One provider's settings, {@code provider.NAME.…}.
 *
 * @param path after the base URL, with its query; {@code {model}} stands for the model
 * @param home the address of the vendor that this provider is, or whose API it speaks
 * @param habits what it wants otherwise than others that speak its API
 * @param keyVariable the environment variable that holds the key; null for a server that wants none
 * @param keyHeader the header for the key; null for the API's own
 * @param signer signs requests where there is no key; null for most
 * @param connectTimeout longest time to connect
 * @param firstByteTimeout longest silence between sending the request and the answer's first byte
 * @param betweenTokensTimeout longest silence after that
 * @param maxAnswerDuration longest time for the whole answer
 * @param pingsCount whether bytes that bring nothing of the answer, such as pings and comments, end a silence
 * @param limits bounds on what it may send for one answer
 * @param policy how its calls are made: how many, how often, and what follows a failure
 */
public record ProviderConfig(
        String name,
        Api api,
        HttpUrl baseUrl,
        String path,
        HttpUrl home,
        Habits habits,
        @Nullable String keyVariable,
        @Nullable Secret key,
        @Nullable String keyHeader,
        @Nullable AwsSigner signer,
        Duration connectTimeout,
        Duration firstByteTimeout,
        Duration betweenTokensTimeout,
        Duration maxAnswerDuration,
        boolean pingsCount,
        Limits limits,
        CallPolicy policy) {

    private static final int MOST_EVENT_BYTES = 64 * 1024 * 1024;
    private static final int MOST_ANSWER_CHARACTERS = 256 * 1024 * 1024;
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
    private static final Pattern VERSION = Pattern.compile("(/v\\d[^/]*)/.*");

    /** Reads one provider's settings; what is wrong is noted there, and the provider is null if it cannot be. */
    public static @Nullable ProviderConfig from(Settings settings, String name) {
        String prefix = "provider." + name + ".";
        KnownProvider known = KnownProviders.named(name).orElse(null);
        String apiName = text(settings, prefix + "api", known == null ? null : known.api());
        Api api = apiName == null ? null : Apis.named(apiName);
        if (api == null) {
            settings.problem("%sapi (%s) is %s: expected one of %s"
                    .formatted(
                            prefix,
                            Settings.variableOf(prefix + "api"),
                            told(apiName),
                            String.join(", ", Apis.names())));
            return null;
        }
        String region = api.signedByAws() ? region(settings, prefix) : "";
        String home = known == null || known.baseUrl() == null ? api.vendorUrl() : known.baseUrl();
        home = home.replace("{region}", region);
        String address = text(settings, prefix + "base-url", known == null || known.baseUrl() == null ? null : home);
        HttpUrl url = address == null ? null : HttpUrl.parse(address.strip());
        if (url == null) {
            settings.problem("%sbase-url (%s) is %s: expected an address like http://127.0.0.1:11434"
                    .formatted(prefix, Settings.variableOf(prefix + "base-url"), told(address)));
            return null;
        }
        HttpUrl vendor = HttpUrl.get(home);
        String variable = text(settings, prefix + "key-variable", known == null ? null : known.keyVariable());
        String key = variable == null ? null : key(settings, variable);
        return new ProviderConfig(
                name,
                api,
                url,
                settings.text(prefix + "path", known == null || known.path() == null ? api.path() : known.path()),
                vendor,
                habitsOf(known, url.host(), vendor.host()),
                variable,
                key == null ? null : new Secret(key),
                text(settings, prefix + "key-header", known == null ? null : known.keyHeader()),
                api.signedByAws() ? AwsSigner.from(settings, region) : null,
                timeout(settings, prefix + "connect-timeout", Duration.ofSeconds(10)),
                timeout(settings, prefix + "first-byte-timeout", Duration.ofSeconds(60)),
                timeout(settings, prefix + "between-tokens-timeout", Duration.ofSeconds(30)),
                timeout(settings, prefix + "max-answer-duration", Duration.ofMinutes(15)),
                settings.flag(prefix + "pings-count", true),
                limits(settings, prefix),
                CallPolicy.from(settings, prefix));
    }

    /** Where answers of a model are asked for; tolerates a base URL that already ends in the API's version. */
    public HttpUrl endpoint(String model) {
        String base = baseUrl.toString().replaceAll("/+$", "");
        Matcher version = VERSION.matcher(path);
        if (version.matches() && base.endsWith(version.group(1))) {
            base = base.substring(0, base.length() - version.group(1).length());
        }
        String segment = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
        return HttpUrl.get(base + path.replace("{model}", segment));
    }

    /** The request's body, as the API, and this server of it, takes it. */
    public ObjectNode body(GenerationJob job) {
        return api.body(toolNames(job).lawful(job), habits);
    }

    /** The names of its tools, as the API takes them. */
    public ToolNames toolNames(GenerationJob job) {
        return ToolNames.of(job, api.toolNames(habits));
    }

    /** The headers that carry the key, and the API's own. */
    public Map<String, String> headers() {
        String header = keyHeader;
        Secret secret = key;
        if (header != null && secret != null) {
            return Map.of(header, secret.value());
        }
        return api.headers(secret == null ? null : secret.value());
    }

    /** The event; a failure without keys that the provider says back. */
    public TokenEvent redacted(TokenEvent event) {
        if (!(event instanceof TokenEvent.Failed failed)) {
            return event;
        }
        String code = failed.error().getCode();
        String message = failed.error().getMessage();
        for (Secret secret : secrets()) {
            code = secret.redact(code);
            message = secret.redact(message);
        }
        ErrorInfo error = ErrorInfo.newBuilder(failed.error())
                .setCode(code)
                .setMessage(message)
                .build();
        return new TokenEvent.Failed(failed.envelope(), error, failed.usage());
    }

    private List<Secret> secrets() {
        List<Secret> secrets = new ArrayList<>(signer == null ? List.of() : signer.secrets());
        if (key != null) {
            secrets.add(key);
        }
        return secrets;
    }

    /** Whether it cannot be called for want of a key: nobody but the vendor itself is sure to want one. */
    public boolean lacksKey() {
        return key == null
                && signer == null
                && baseUrl.isHttps()
                && baseUrl.host().equals(home.host());
    }

    /** Whether closing the connection stops billing there: yes, no or unknown. */
    public String billingStops() {
        AfterClosing told = KnownProviders.closingAt(baseUrl.host());
        if (told == AfterClosing.UNKNOWN && KnownProviders.named(name).isPresent()) {
            told = KnownProviders.closingAt(home.host());
        }
        return told.spelling();
    }

    private static Limits limits(Settings settings, String prefix) {
        Limits usual = Limits.DEFAULT;
        return new Limits(
                settings.integer(prefix + "max-event-bytes", usual.eventBytes(), 1_024, MOST_EVENT_BYTES),
                settings.integer(prefix + "max-answer-characters", usual.answerCharacters(), 1, MOST_ANSWER_CHARACTERS),
                usual.blocks(),
                usual.choices());
    }

    /** The key; one that no header can carry would be told by the exception, so it is refused here. */
    private static @Nullable String key(Settings settings, String variable) {
        String key = settings.secret(variable);
        if (key == null || PRINTABLE.matcher(key.strip()).matches()) {
            return key == null ? null : key.strip();
        }
        settings.problem(
                "%s holds characters that no HTTP header can carry: expected printable ASCII".formatted(variable));
        return null;
    }

    /** One that is known by name keeps its habits wherever it is asked; but an API's vendor is so only at home. */
    private static Habits habitsOf(@Nullable KnownProvider known, String host, String home) {
        boolean anywhere = known != null && known.baseUrl() == null;
        if (anywhere || host.equals(home)) {
            return known == null ? Habits.VENDOR : known.habits();
        }
        if (known != null && !known.habits().isVendor() && !known.habits().equals(Habits.COMPATIBLE)) {
            return known.habits();
        }
        Habits there = KnownProviders.habitsAt(host);
        return known != null && there.equals(Habits.COMPATIBLE) ? known.elsewhere() : there;
    }

    /** The region in which requests are signed. Where neither it nor an address is told, that is a problem. */
    private static String region(Settings settings, String prefix) {
        String told = settings.optionalText(prefix + "region");
        told = told != null ? told : settings.secret("AWS_REGION");
        told = told != null ? told : settings.secret("AWS_DEFAULT_REGION");
        if (told == null && settings.optionalText(prefix + "base-url") == null) {
            settings.problem("%sregion (%s, or AWS_REGION) is not set: expected a region like eu-central-1"
                    .formatted(prefix, Settings.variableOf(prefix + "region")));
        }
        if (told != null && !told.matches("[a-z0-9-]{1,40}")) {
            settings.problem("%sregion (%s, or AWS_REGION) is '%s': expected a region like eu-central-1"
                    .formatted(prefix, Settings.variableOf(prefix + "region"), told));
            told = null;
        }
        return told == null ? "us-east-1" : told;
    }

    private static String told(@Nullable String value) {
        return value == null ? "not set" : "'" + value + "'";
    }

    private static @Nullable String text(Settings settings, String key, @Nullable String defaultValue) {
        return defaultValue == null ? settings.optionalText(key) : settings.text(key, defaultValue);
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
