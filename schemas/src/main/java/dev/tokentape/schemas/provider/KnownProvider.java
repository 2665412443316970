package dev.tokentape.schemas.provider;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A provider that is known by its name: the one row that holds all that is particular to it.
 *
 * @param api the name of the API it speaks
 * @param baseUrl its own address; null where every customer has another; {@code {region}} stands for a region
 * @param keyVariables the environment variables, any of which holds a key, the usual one first; none for a server of
 *     one's own that asks for no key
 * @param path where its path is not the API's own
 * @param keyHeader where the key goes in a header of its own instead of the API's
 * @param defaultModel for those who name none; null where there is none that everybody has
 * @param habits what it wants otherwise than others that speak the API
 * @param elsewhere what a server of unknown address wants that is called by this name
 * @param closing whether closing the connection stops its work and its bill
 * @param domains under which it, and what is of the same kind, is reached too
 * @param simulatedPath where the simulator speaks as it does; empty where it speaks as the API's vendor
 */
public record KnownProvider(
        String name,
        String api,
        @Nullable String baseUrl,
        List<String> keyVariables,
        @Nullable String path,
        @Nullable String keyHeader,
        @Nullable String defaultModel,
        Habits habits,
        Habits elsewhere,
        AfterClosing closing,
        List<String> domains,
        String simulatedPath) {

    static final String CHAT = "openai-chat-completions";

    public KnownProvider {
        keyVariables = List.copyOf(keyVariables);
        domains = List.copyOf(domains);
    }

    /** The variable that usually holds the key; null for a server that wants none. */
    public @Nullable String keyVariable() {
        return keyVariables.isEmpty() ? null : keyVariables.getFirst();
    }

    /** Whether it is reached at the host. */
    boolean isAt(String host) {
        Stream<String> own = baseUrl == null || baseUrl.contains("{")
                ? Stream.empty()
                : Stream.of(URI.create(baseUrl).getHost());
        return Stream.concat(own, domains.stream()).anyMatch(domain -> isWithin(host, domain));
    }

    static boolean isWithin(String host, String domain) {
        return host.equals(domain) || host.endsWith("." + domain);
    }

    /** A vendor of an API of its own. */
    static KnownProvider vendor(String name, String api, String baseUrl, String... keyVariables) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                List.of(keyVariables),
                null,
                null,
                null,
                Habits.VENDOR,
                Habits.COMPATIBLE,
                AfterClosing.UNKNOWN,
                List.of(),
                "");
    }

    /** One that speaks OpenAI's Chat Completions. */
    static KnownProvider chat(String name, String baseUrl, String keyVariable) {
        return vendor(name, CHAT, baseUrl, keyVariable).habits(Habits.COMPATIBLE);
    }

    /** With other habits, which it keeps wherever it is called. */
    KnownProvider habits(Habits other) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                keyVariables,
                path,
                keyHeader,
                defaultModel,
                other,
                other,
                closing,
                domains,
                simulatedPath);
    }

    KnownProvider elsewhere(Habits other) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                keyVariables,
                path,
                keyHeader,
                defaultModel,
                habits,
                other,
                closing,
                domains,
                simulatedPath);
    }

    KnownProvider path(String other) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                keyVariables,
                other,
                keyHeader,
                defaultModel,
                habits,
                elsewhere,
                closing,
                domains,
                simulatedPath);
    }

    KnownProvider model(String model) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                keyVariables,
                path,
                keyHeader,
                model,
                habits,
                elsewhere,
                closing,
                domains,
                simulatedPath);
    }

    KnownProvider closing(AfterClosing what) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                keyVariables,
                path,
                keyHeader,
                defaultModel,
                habits,
                elsewhere,
                what,
                domains,
                simulatedPath);
    }

    KnownProvider domains(String... more) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                keyVariables,
                path,
                keyHeader,
                defaultModel,
                habits,
                elsewhere,
                closing,
                List.of(more),
                simulatedPath);
    }

    KnownProvider simulatedAt(String where) {
        return new KnownProvider(
                name,
                api,
                baseUrl,
                keyVariables,
                path,
                keyHeader,
                defaultModel,
                habits,
                elsewhere,
                closing,
                domains,
                where);
    }
}
