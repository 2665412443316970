package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Feeds a text to gates, cut in some way, and collects what comes out. */
public final class Cutting {

    private Cutting() {}

    /** What came out of one gate over its life; findings as rule and action, in order of their names. */
    public record Outcome(String text, List<String> findings) {}

    public static List<String> whole(String text) {
        return List.of(text);
    }

    public static List<String> unitByUnit(String text) {
        return text.chars().mapToObj(unit -> String.valueOf((char) unit)).toList();
    }

    public static List<List<String>> everyTwoWaySplit(String text) {
        List<List<String>> all = new ArrayList<>();
        for (int at = 0; at <= text.length(); at++) {
            all.add(List.of(text.substring(0, at), text.substring(at)));
        }
        return all;
    }

    public static List<String> random(String text, long seed) {
        Random random = new Random(seed);
        List<String> pieces = new ArrayList<>();
        int longest = 1 + random.nextInt(12);
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + random.nextInt(longest + 1));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    /** As providers do: never inside a surrogate pair, of which the wire knows no halves. */
    public static List<String> randomBetweenCharacters(String text, long seed) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        for (String next : random(text, seed)) {
            piece.append(next);
            if (piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1))) {
                pieces.add(piece.toString());
                piece.setLength(0);
            }
        }
        return pieces;
    }

    public static Outcome through(HoldBack gate, List<String> pieces) {
        StringBuilder text = new StringBuilder();
        List<String> findings = new ArrayList<>();
        for (String piece : pieces) {
            collect(gate.append(piece), text, findings);
        }
        collect(gate.flush(), text, findings);
        findings.sort(null);
        return new Outcome(text.toString(), findings);
    }

    /** As if the process died after some pieces: a new gate is fed silently with those, then goes on. */
    public static Outcome throughRestart(Supplier<HoldBack> gates, List<String> pieces, int diesAfter) {
        StringBuilder text = new StringBuilder();
        List<String> findings = new ArrayList<>();
        HoldBack first = gates.get();
        pieces.subList(0, diesAfter).forEach(piece -> collect(first.append(piece), text, findings));
        HoldBack second = gates.get();
        pieces.subList(0, diesAfter).forEach(second::append);
        pieces.subList(diesAfter, pieces.size()).forEach(piece -> collect(second.append(piece), text, findings));
        collect(second.flush(), text, findings);
        findings.sort(null);
        return new Outcome(text.toString(), findings);
    }

    private static void collect(Released released, StringBuilder text, List<String> findings) {
        text.append(released.text());
        released.findings()
                .forEach(finding ->
                        findings.add(finding.ruleId() + " " + finding.action().word() + " " + finding.reason()));
    }
}
