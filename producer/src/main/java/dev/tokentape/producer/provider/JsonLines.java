package dev.tokentape.producer.provider;

import java.io.IOException;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;

/** Reads one event a line; the last line may lack its end. */
final class JsonLines implements BodyReader {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** How some servers begin a line that is an error, and no JSON. */
    private static final String ERROR_FIELD = "error:";

    private final BufferedSource body;
    private final int maxEventBytes;

    JsonLines(Source body, int maxEventBytes) {
        this.body = Okio.buffer(body);
        this.maxEventBytes = maxEventBytes;
    }

    @Override
    public void read(WireEvents events) throws IOException {
        boolean first = true;
        boolean wanted = true;
        while (wanted) {
            long end = body.indexOf((byte) '\n', 0, maxEventBytes);
            if (end == -1 && body.getBuffer().size() >= maxEventBytes) {
                throw new OversizeEventException(maxEventBytes);
            }
            String line = end == -1 ? body.readUtf8() : body.readUtf8(end);
            if (first && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK) {
                line = line.substring(1);
            }
            first = false;
            if (line.regionMatches(true, 0, ERROR_FIELD, 0, ERROR_FIELD.length())) {
                wanted = events.event("error", line.substring(ERROR_FIELD.length()), end == -1);
            } else if (!line.isBlank()) {
                wanted = events.event(null, line, end == -1);
            }
            if (end == -1) {
                return;
            }
            body.skip(1);
        }
    }
}
