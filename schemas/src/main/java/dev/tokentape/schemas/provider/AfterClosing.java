package dev.tokentape.schemas.provider;

/** Whether a provider stops working, and billing, when the connection is closed; as OpenRouter lists it. */
public enum AfterClosing {
    STOPS("yes"),
    GOES_ON("no"),
    UNKNOWN("unknown");

    private final String spelling;

    AfterClosing(String spelling) {
        this.spelling = spelling;
    }

    /** As it stands in events: whether billing stopped. */
    public String spelling() {
        return spelling;
    }
}
