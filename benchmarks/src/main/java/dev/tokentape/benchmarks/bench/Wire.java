package dev.tokentape.benchmarks.bench;

/** What readers speak to the gateway. */
enum Wire {
    PLAIN(""),
    /** TLS 1.3 of the JDK, with a certificate made for the measurement. */
    TLS(", TLS");

    private final String suffix;

    Wire(String suffix) {
        this.suffix = suffix;
    }

    /** A row's name that says so, where it is not plaintext. */
    String row(String what) {
        return what + suffix;
    }
}
