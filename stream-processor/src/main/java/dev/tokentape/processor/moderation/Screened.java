package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rules leave of an event beside the text that a {@link HoldBack} judges.
 *
 * @param event as it may be shown; null if nothing of it may
 * @param findings what was decided
 */
public record Screened(@Nullable TokenEvent event, List<Finding> findings) {

    public Screened {
        findings = List.copyOf(findings);
    }

    static Screened whole(TokenEvent event) {
        return new Screened(event, List.of());
    }
}
