package dev.tokentape.producer.provider;

import java.util.Collection;
import java.util.Optional;

/** The providers a run can call, by name. Thread-safe. */
public interface ProviderDirectory extends AutoCloseable {

    Optional<Provider> named(String name);

    /** The names of all, for error messages. */
    Collection<String> names();

    /** Lets go of connections and threads; no call may be in progress. */
    @Override
    void close();
}
