package dev.tokentape.producer.provider.api;

/** How the body of a streamed answer is cut into wire events. */
public enum Framing {
    SERVER_SENT_EVENTS("text/event-stream"),

    /** One JSON object a line; these events have no names. */
    JSON_LINES("application/x-ndjson"),

    /**
     * AWS's binary frames. An event is named by its {@code :event-type}; exceptions and errors are all named
     * {@code error}, their data being {@code {"error":{"type","message",…}}}.
     */
    AWS_EVENT_STREAM("application/vnd.amazon.eventstream");

    private final String mediaType;

    Framing(String mediaType) {
        this.mediaType = mediaType;
    }

    public String mediaType() {
        return mediaType;
    }
}
