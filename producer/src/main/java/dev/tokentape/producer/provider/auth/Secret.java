package dev.tokentape.producer.provider.auth;

/** A key, which prints as nothing but that it is one. */
public record Secret(String value) {

    /** The text with every occurrence of the key taken out. */
    public String redact(String text) {
        return text.replace(value, "[key]");
    }

    @Override
    public String toString() {
        return "[key]";
    }
}
