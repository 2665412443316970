package dev.tokentape.producer.provider.config;

import java.util.List;

/** Whether a provider stops working, and billing, when the connection is closed; as OpenRouter lists it. */
public final class Billing {

    private static final List<String> STOPPING = List.of(
            "api.openai.com",
            "openai.azure.com",
            "services.ai.azure.com",
            "api.anthropic.com",
            "api.deepseek.com",
            "api.x.ai");
    private static final List<String> GOING_ON =
            List.of("amazonaws.com", "googleapis.com", "api.groq.com", "api.mistral.ai", "api.perplexity.ai");

    private Billing() {}

    public static String stopsAt(String host) {
        if (GOING_ON.stream().anyMatch(known -> isAt(host, known))) {
            return "no";
        }
        return STOPPING.stream().anyMatch(known -> isAt(host, known)) ? "yes" : "unknown";
    }

    private static boolean isAt(String host, String known) {
        return host.equals(known) || host.endsWith("." + known);
    }
}
