package dev.tokentape.producer.provider.api;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Who is behind an API: its vendor, or one of those that speak the vendor's API and have habits of their own.
 */
public enum Server {
    /** The API's own vendor. */
    VENDOR,

    /** Another server that speaks the API, of which no more is known. */
    COMPATIBLE,

    /** Refuses fields that it does not know, wants ids of nine letters and digits, and its turns in a strict order. */
    MISTRAL("mistral.ai"),

    /** Those whose models think aloud, and want to be told what they thought before they called a tool. */
    THINKS_ALOUD("deepseek.com", "moonshot.ai", "moonshot.cn", "z.ai", "bigmodel.cn", "minimax.io", "xiaomimimo.com"),

    /** Passes on to models of many vendors, and tells their thinking in details of its own. */
    OPENROUTER("openrouter.ai"),

    /** A gateway to many vendors, which puts what it needs again into ids and fields of calls. */
    LITELLM,

    /** Google, speaking OpenAI's API. */
    GOOGLE("googleapis.com");

    private static final Pattern ALOUD = Pattern.compile("deepseek|kimi|glm-|minimax|mimo-");
    private static final Pattern MISTRALS =
            Pattern.compile("mistral|mixtral|ministral|devstral|codestral|magistral|pixtral|voxtral");

    private final List<String> domains;

    Server(String... domains) {
        this.domains = List.of(domains);
    }

    /** The server at a host that is not the API's vendor's. */
    public static Server at(String host) {
        return Arrays.stream(values())
                .filter(server ->
                        server.domains.stream().anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain)))
                .findFirst()
                .orElse(COMPATIBLE);
    }

    /** Whether it, or the model behind it, wants its thinking back with the calls that it led to. */
    public boolean wantsThoughtsWithCalls(String model) {
        return this == THINKS_ALOUD
                || (this == COMPATIBLE || this == LITELLM || this == OPENROUTER)
                        && ALOUD.matcher(model.toLowerCase(Locale.ROOT)).find();
    }

    /** Whether the user may not speak right after a tool. */
    public boolean wantsAssistantAfterTools(String model) {
        return this == MISTRAL
                || this != VENDOR
                        && MISTRALS.matcher(model.toLowerCase(Locale.ROOT)).find();
    }
}
