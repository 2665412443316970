package dev.tokentape.producer.provider.turns;

import dev.tokentape.producer.provider.turns.Turn.Role;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ties results to calls by turn: a result answers the call with its id that was made last before it, since servers use
 * ids again. Results come to stand right behind the turn that made the calls, in the calls' order. What no API takes
 * goes: a call without a result, one that broke off, and a result without a call. Ids become lawful, alike in both.
 */
final class Pairing {

    /** A call, and what answers it. */
    private static final class Pair {
        private final Part call;
        private @Nullable Part result;

        private Pair(Part call) {
            this.call = call;
        }

        private boolean isWhole() {
            return result != null && Calls.isWhole(call);
        }
    }

    private final List<Turn> turns;
    private final boolean keepsLoneResults;
    private final List<List<Pair>> pairs = new ArrayList<>();

    /** The calls of the last turn so far that has one with the id. */
    private final Map<String, List<Pair>> latest = new HashMap<>();

    private Pairing(List<Turn> turns, boolean keepsLoneResults) {
        this.turns = turns;
        this.keepsLoneResults = keepsLoneResults;
    }

    /** @param keepsLoneResults where the calls may be known to the provider from elsewhere */
    static List<Turn> of(List<Turn> turns, CallIdRule ids, boolean keepsLoneResults) {
        return new Pairing(turns, keepsLoneResults).paired(ids);
    }

    private List<Turn> paired(CallIdRule rule) {
        List<List<Part>> rests = new ArrayList<>();
        for (Turn turn : turns) {
            List<Pair> made = turn.parts().stream()
                    .filter(part -> turn.isAssistants() && part.getType() == PartType.TOOL_CALL)
                    .map(Pair::new)
                    .toList();
            pairs.add(made);
            made.forEach(pair -> latest.put(idOf(pair.call), made));
            rests.add(turn.isAssistants() ? turn.parts() : withoutResults(turn));
        }
        CallIds ids = new CallIds(
                rule,
                pairs.stream()
                        .flatMap(List::stream)
                        .filter(Pair::isWhole)
                        .map(pair -> idOf(pair.call))
                        .toList());
        List<Turn> out = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            add(out, turns.get(i), rests.get(i), pairs.get(i), ids);
        }
        return out;
    }

    private List<Part> withoutResults(Turn turn) {
        List<Part> rest = new ArrayList<>();
        for (Part part : turn.parts()) {
            if (!Turn.isResult(part) || !answers(part) && keepsLoneResults) {
                rest.add(part);
            }
        }
        return rest;
    }

    private boolean answers(Part result) {
        for (Pair pair : latest.getOrDefault(idOf(result), List.of())) {
            if (pair.result == null && idOf(pair.call).equals(idOf(result))) {
                pair.result = result;
                return true;
            }
        }
        return false;
    }

    private static void add(List<Turn> out, Turn turn, List<Part> rest, List<Pair> made, CallIds ids) {
        List<Part> parts = new ArrayList<>();
        List<Part> results = new ArrayList<>();
        int next = 0;
        ids.turnBegins();
        for (Part part : rest) {
            if (!turn.isAssistants() || part.getType() != PartType.TOOL_CALL) {
                parts.add(part);
                continue;
            }
            Pair pair = made.get(next++);
            Part result = pair.result;
            if (result != null && pair.isWhole()) {
                String id = ids.next(idOf(pair.call));
                parts.add(Part.newBuilder(part).setToolCallId(id).build());
                results.add(Part.newBuilder(result)
                        .setToolCallId(id)
                        .setToolName(part.getToolName())
                        .build());
            }
        }
        if (!parts.isEmpty()) {
            out.add(new Turn(turn.role(), parts));
        }
        if (!results.isEmpty()) {
            out.add(new Turn(Role.USER, results));
        }
    }

    private static String idOf(Part part) {
        return Objects.requireNonNullElse(part.getToolCallId(), "");
    }
}
