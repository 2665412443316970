package dev.tokentape.cli.client;

/** Hears one connection to the tape; called by one thread at a time, and not after the connection was closed here. */
public interface StreamListener {

    /** The gateway has accepted the connection: from now on nothing is missed. */
    void opened();

    /** May block: the connection is then not read from. */
    void frame(EventFrame frame);

    /** The gateway says that nothing more will come. */
    void ended();

    /** The connection is gone. */
    void lost(LostConnection lost);
}
