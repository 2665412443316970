package dev.tokentape.gateway.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A JSON document as UTF-8 bytes, written field by field. */
public final class JsonBytes {

    private static final int TYPICAL_BYTES = 256;

    /** Writes trees and values too, where a part hands its generator one. */
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Writes a part of a document. */
    @FunctionalInterface
    public interface Part {
        void write(JsonGenerator json) throws IOException;
    }

    private JsonBytes() {}

    /** The document that a part is. */
    public static byte[] of(Part document) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(TYPICAL_BYTES);
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            document.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** An object with these fields. */
    public static byte[] object(Part fields) {
        return of(json -> {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        });
    }
}
