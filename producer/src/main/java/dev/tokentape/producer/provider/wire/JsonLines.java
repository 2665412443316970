package dev.tokentape.producer.provider.wire;

import dev.tokentape.producer.provider.api.Reducer;
import java.io.IOException;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;

/** Reads one event a line; the last line may lack its end. */
final class JsonLines implements BodyReader {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

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
            int named = Reducer.ERROR_LINE.length();
            if (line.regionMatches(true, 0, Reducer.ERROR_LINE, 0, named)) {
                wanted = events.event(Reducer.ERROR_LINE, line.substring(named), end == -1);
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
