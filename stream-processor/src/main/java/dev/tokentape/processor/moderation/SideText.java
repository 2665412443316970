package dev.tokentape.processor.moderation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.rules.Channel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges whole texts that travel beside an answer's own: names, notes, messages, a provider's JSON. For one event;
 * gathers what was decided on the way.
 */
final class SideText {

    private static final JsonFactory JSON = new JsonFactory();

    private final RuleGates rules;
    private final List<Finding> findings = new ArrayList<>();

    SideText(RuleGates rules) {
        this.rules = rules;
    }

    List<Finding> findings() {
        return findings;
    }

    /** The text with masks in it; what stands before a match that ends the answer. */
    @Nullable
    String plain(@Nullable String text, Channel channel) {
        return text == null || !rules.judges(channel) ? text : whole(rules.plainGate(channel), text, findings);
    }

    /** Like {@link #plain}, for texts that are never missing. */
    String word(String text, Channel channel) {
        return rules.judges(channel) ? whole(rules.plainGate(channel), text, findings) : text;
    }

    /**
     * JSON with masks in its strings; null where it ends the answer, is no JSON, or where its strings put together
     * would say what each alone does not.
     */
    @Nullable
    String json(@Nullable String json, Channel channel) {
        if (json == null || !rules.judges(channel)) {
            return json;
        }
        int before = findings.size();
        String masked = whole(rules.jsonGate(channel), json, findings);
        if (findings.subList(before, findings.size()).stream()
                .anyMatch(finding -> finding.action().ends())) {
            return null;
        }
        String strings = strings(masked);
        return strings != null
                        && whole(rules.plainGate(channel), strings, new ArrayList<>())
                                .equals(strings)
                ? masked
                : null;
    }

    private static String whole(HoldBack gate, String text, List<Finding> findings) {
        Released first = gate.append(text);
        Released rest = gate.flush();
        findings.addAll(first.findings());
        findings.addAll(rest.findings());
        return first.text() + rest.text();
    }

    /** All strings of a JSON value, one behind the other; null if it is none. */
    private static @Nullable String strings(String json) {
        StringBuilder all = new StringBuilder();
        try (JsonParser parser = JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    all.append(parser.getText());
                }
            }
            return all.toString();
        } catch (IOException e) {
            return null; // Judged as what it is: nothing that may be shown as JSON.
        }
    }
}
