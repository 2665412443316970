package dev.tokentape.processor.moderation.rules;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/** What a rule file says, whatever its layout, comments and field order: files that say the same are one. */
final class CanonicalForm {

    private static final int VERSION_DIGITS = 16;

    private CanonicalForm() {}

    static String version(Yaml document) {
        StringBuilder form = new StringBuilder();
        write(document, form);
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(form.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, VERSION_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Lengths before texts, so that no text can look like structure. */
    private static void write(Yaml node, StringBuilder form) {
        switch (node) {
            case Yaml.Scalar(String text, int _) ->
                form.append('"').append(text.length()).append(':').append(text);
            case Yaml.Sequence(var items, int _) -> {
                form.append('[').append(items.size());
                items.forEach(item -> write(item, form));
            }
            case Yaml.Mapping(var fields, int _) -> {
                form.append('{').append(fields.size());
                new TreeMap<>(fields).forEach((name, value) -> {
                    write(new Yaml.Scalar(name, 0), form);
                    write(value, form);
                });
            }
        }
    }
}
