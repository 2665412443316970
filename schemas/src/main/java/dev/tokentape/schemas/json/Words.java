package dev.tokentape.schemas.json;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Enum constants as JSON words: {@code TOOL_USE} is {@code tool_use}. */
public final class Words {

    private static final Map<Enum<?>, String> WORDS = new ConcurrentHashMap<>();

    private Words() {}

    public static String of(Enum<?> constant) {
        String word = WORDS.get(constant);
        return word != null
                ? word
                : WORDS.computeIfAbsent(constant, c -> c.name().toLowerCase(Locale.ROOT));
    }
}
