package dev.tokentape.schemas.event;

import java.util.Locale;

/** Why an answer begins anew, or is not of the provider that was asked. */
public enum AttemptReason {
    /** A moderation rule wanted another answer; its verdict goes with it. */
    REGENERATED,
    /** The producer that worked on the attempt before is gone. */
    PRODUCER_LOST,
    /** The provider itself began its answer again, within one attempt. */
    PROVIDER_RESTARTED,
    /** The provider that was asked failed before its first output; the one named as fallback answers. */
    FALLBACK;

    /** As events and answers write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
