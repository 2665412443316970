package dev.tokentape.producer;

import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.Providers;
import dev.tokentape.producer.run.ProviderDirectory;
import java.util.Collection;
import java.util.Optional;

/** The configured providers, as runs look them up. */
record ConfiguredProviders(Providers providers) implements ProviderDirectory {

    @Override
    public Optional<Provider> named(String name) {
        return providers.named(name);
    }

    @Override
    public Collection<String> names() {
        return providers.names();
    }

    @Override
    public void close() {
        providers.close();
    }
}
