package dev.tokentape.gateway.tape.segment;

/**
 * Told before every read of what another thread may write at that moment: the place where a test lets it write. In
 * service it does nothing.
 */
@FunctionalInterface
public interface ReadHook {

    ReadHook NONE = () -> {};

    void reading();
}
