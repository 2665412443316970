package dev.tokentape.producer.provider;

/** A key, which prints as nothing but that it is one. */
record Secret(String value) {

    /** The text with every occurrence of the key taken out. */
    String redact(String text) {
        return text.replace(value, "[key]");
    }

    @Override
    public String toString() {
        return "[key]";
    }
}
