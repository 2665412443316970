package dev.tokentape.cli.client;

/** An open connection to the tape. */
public interface Connection extends AutoCloseable {

    /** Cuts it off, at once and without a farewell. */
    @Override
    void close();
}
