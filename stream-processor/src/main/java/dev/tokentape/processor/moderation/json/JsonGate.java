package dev.tokentape.processor.moderation.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.match.BlockMatcher;
import dev.tokentape.processor.moderation.match.ChannelRules;
import java.util.ArrayList;
import java.util.List;

/**
 * The gate of a tool call's arguments: JSON that is still being written. Every string, names included, is judged by
 * what its escapes mean, as a text of its own; a mask is put in as a string's part. A number, or whatever else stands
 * outside strings, waits until it is whole, and becomes a string if any of it must be masked. So JSON that goes in
 * valid comes out valid.
 */
public final class JsonGate implements HoldBack {

    /** Longer than any number; more outside strings is no JSON, and is judged as it comes. */
    private static final int LONGEST_BARE = 1024;

    private final BlockMatcher strings;
    private final BlockMatcher bare;
    private final StringBuilder shown = new StringBuilder();
    private final List<Finding> findings = new ArrayList<>();
    /** The escape that has begun. */
    private final StringBuilder escape = new StringBuilder();
    /** What stands outside strings and may be a number that goes on. */
    private final StringBuilder token = new StringBuilder();
    /** A high surrogate, as it was written, that waits for its other half. */
    private final StringBuilder high = new StringBuilder();

    private char highUnit;
    private Place place = Place.OUTSIDE;
    private boolean ended;

    private enum Place {
        OUTSIDE,
        OUTSIDE_NO_JSON,
        STRING,
        ESCAPE
    }

    public JsonGate(ChannelRules rules) {
        this.strings = rules.matcher().maskedAs(JsonGate::escaped);
        this.bare = rules.matcher();
    }

    @Override
    public Released append(String text) {
        for (int i = 0; i < text.length() && !ended; i++) {
            take(text.charAt(i));
        }
        releaseStrings();
        if (place == Place.OUTSIDE_NO_JSON) {
            collect(bare.release());
        }
        return out();
    }

    @Override
    public Released flush() {
        if (!ended) {
            endString();
            shown.append(ended ? "" : escape);
            endToken();
        }
        return out();
    }

    @Override
    public boolean vouches() {
        return !strings.hasChangedText() && !bare.hasChangedText();
    }

    @Override
    public String held() {
        return ended ? "" : strings.held() + bare.held() + token + high + escape;
    }

    @Override
    public String heldFor() {
        return strings.heldFor();
    }

    private void take(char next) {
        switch (place) {
            case OUTSIDE, OUTSIDE_NO_JSON -> outside(next);
            case STRING -> {
                if (next == '"') {
                    endString();
                    show('"');
                    place = Place.OUTSIDE;
                } else if (next == '\\') {
                    escape.append(next);
                    place = Place.ESCAPE;
                } else {
                    unit(next, String.valueOf(next));
                }
            }
            case ESCAPE -> escape(next);
        }
    }

    private void outside(char next) {
        boolean structure = "{}[],:\"".indexOf(next) >= 0;
        if (structure) {
            endToken();
            show(next);
            place = next == '"' ? Place.STRING : Place.OUTSIDE;
        } else if (place == Place.OUTSIDE_NO_JSON) {
            bare.take(String.valueOf(next));
            ended |= bare.hasEnded();
        } else if (token.isEmpty() && Character.isWhitespace(next)) {
            show(next);
        } else {
            token.append(next);
            if (token.length() > LONGEST_BARE) {
                place = Place.OUTSIDE_NO_JSON;
                bare.take(token);
                token.setLength(0);
            }
        }
    }

    private void endToken() {
        if (place == Place.OUTSIDE_NO_JSON) {
            bare.end();
            collect(bare.release());
        } else if (!token.isEmpty()) {
            bare.take(token);
            bare.end();
            Released judged = bare.release();
            boolean asItWas = judged.text().contentEquals(token);
            collect(new Released(
                    asItWas || bare.hasEnded() ? judged.text() : '"' + escaped(judged.text()) + '"',
                    judged.findings()));
            if (bare.hasEnded()) {
                shown.setLength(shown.length() - judged.text().length());
            }
            token.setLength(0);
        }
        ended |= bare.hasEnded();
    }

    private void escape(char next) {
        escape.append(next);
        boolean unicode = escape.charAt(1) == 'u';
        if (unicode && escape.length() < 6) {
            return;
        }
        String form = escape.toString();
        escape.setLength(0);
        place = Place.STRING;
        unit(unicode ? hexadecimal(form) : meaning(next), form);
    }

    private static char meaning(char escape) {
        return switch (escape) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> escape;
        };
    }

    private static char hexadecimal(String form) {
        int value = 0;
        for (int i = 2; i < 6; i++) {
            value = value * 16 + Math.max(0, Character.digit(form.charAt(i), 16));
        }
        return (char) value;
    }

    /** A UTF-16 code unit inside a string; pairs are put together, however each half is written. */
    private void unit(char unit, String form) {
        if (!high.isEmpty()) {
            if (Character.isLowSurrogate(unit)) {
                high.append(form);
                strings.take(Character.toCodePoint(highUnit, unit), high);
                high.setLength(0);
                ended |= strings.hasEnded();
                return;
            }
            loneHigh();
        }
        if (Character.isHighSurrogate(unit)) {
            highUnit = unit;
            high.append(form);
        } else {
            strings.take(unit, form);
        }
        ended |= strings.hasEnded();
    }

    private void loneHigh() {
        strings.take(highUnit, high);
        high.setLength(0);
    }

    private void endString() {
        if (!high.isEmpty()) {
            loneHigh();
        }
        strings.end();
        ended |= strings.hasEnded();
        releaseStrings();
    }

    private void releaseStrings() {
        collect(strings.release());
    }

    private void show(char character) {
        if (!ended) {
            shown.append(character);
        }
    }

    private void collect(Released released) {
        shown.append(released.text());
        findings.addAll(released.findings());
    }

    private Released out() {
        if (shown.isEmpty() && findings.isEmpty()) {
            return Released.NOTHING;
        }
        Released released = new Released(shown.toString(), findings);
        shown.setLength(0);
        findings.clear();
        return released;
    }

    private static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
