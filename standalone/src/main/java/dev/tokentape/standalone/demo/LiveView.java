package dev.tokentape.standalone.demo;

/** Shows what several subscribers read while they read it. Thread-safe. */
public interface LiveView {

    /** A piece of text arrived at a subscriber, counted from 0. */
    void text(int column, String piece);

    /** Something happened to a subscriber's connection. */
    void notice(int column, String what);

    /** No more will be shown; what was shown stays. */
    void finish();

    /** A view that shows nothing. */
    static LiveView none() {
        return new LiveView() {
            @Override
            public void text(int column, String piece) {}

            @Override
            public void notice(int column, String what) {}

            @Override
            public void finish() {}
        };
    }
}
