package dev.tokentape.gateway.auth;

import java.util.Locale;

/** One thing that a token may allow. */
public enum Scope {
    /** Reading conversations and answers. */
    READ,
    /** Starting answers, and bringing tool results. */
    ASK,
    /** Stopping answers. */
    CANCEL,
    /** Deleting conversations. */
    DELETE,
    /** Seeing what models think, where that is hidden from others. */
    THINKING;

    /** As it stands in a token. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
