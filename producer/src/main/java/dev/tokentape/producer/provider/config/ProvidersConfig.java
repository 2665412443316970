package dev.tokentape.producer.provider.config;

import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.provider.KnownProviders;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The settings of all providers of a process: {@code providers}, the names, and {@code provider.NAME.…} for each. */
public final class ProvidersConfig {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private final List<ProviderConfig> providers;

    private ProvidersConfig(List<ProviderConfig> providers) {
        this.providers = List.copyOf(providers);
    }

    /** Reads them; what is wrong is noted in the settings, for their check. */
    public static ProvidersConfig from(Settings settings) {
        List<ProviderConfig> read = new ArrayList<>();
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
                read.add(config);
            }
        }
        return new ProvidersConfig(read);
    }

    /**
     * The providers that need no settings but a key, with the environment variables any of which holds it; none for
     * servers of one's own that ask for no key.
     */
    public static Map<String, List<String>> known() {
        Map<String, List<String>> known = new LinkedHashMap<>();
        KnownProviders.ALL.forEach(provider -> known.put(provider.name(), provider.keyVariables()));
        return Collections.unmodifiableMap(known);
    }

    public List<ProviderConfig> providers() {
        return providers;
    }

    /** The names alone. */
    @Override
    public String toString() {
        return providers.stream().map(ProviderConfig::name).toList().toString();
    }
}
