package dev.tokentape.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file that goes with a question: a picture, or text, which the model reads under the file's name. */
public sealed interface Attachment {

    /** Text of a file. */
    record Text(String name, String text) implements Attachment {}

    /** A picture. */
    record Picture(String mediaType, byte[] bytes) implements Attachment {}

    /**
     * What the bytes of a file are: a picture by its first bytes, whatever the file is called; text if it is UTF-8.
     *
     * @return empty if it is neither
     */
    static Optional<Attachment> of(String name, byte[] bytes) {
        String picture = pictureType(bytes);
        if (picture != null) {
            return Optional.of(new Picture(picture, bytes));
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.indexOf('\0') >= 0 ? Optional.empty() : Optional.of(new Text(name, text));
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    /** Writes it as a part of a message. */
    default void writeTo(ObjectNode part) {
        switch (this) {
            case Text text -> part.put("type", "text").put("text", text.name() + ":\n\n" + text.text());
            case Picture picture ->
                part.put("type", "image")
                        .put("media_type", picture.mediaType())
                        .put("data", Base64.getEncoder().encodeToString(picture.bytes()));
        }
    }

    private static @Nullable String pictureType(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, 12), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
            return "image/png";
        }
        if (start.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        }
        if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return "image/gif";
        }
        return start.startsWith("RIFF") && start.endsWith("WEBP") ? "image/webp" : null;
    }
}
