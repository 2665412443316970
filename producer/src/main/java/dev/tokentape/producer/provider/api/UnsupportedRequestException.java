package dev.tokentape.producer.provider.api;

/** A request asks for something this API cannot do; found before any call. */
public final class UnsupportedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;

    /** @param field the request's field, e.g. {@code response_schema} */
    public UnsupportedRequestException(String field, String message) {
        super(message);
        this.field = field;
    }

    public String field() {
        return field;
    }
}
