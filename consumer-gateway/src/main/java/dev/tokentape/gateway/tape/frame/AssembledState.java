package dev.tokentape.gateway.tape.frame;

import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.json.ResponseJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a conversation's answers, each once, in the order in which they were asked for. At most {@link #MOST_BYTES} of those from
 * history, the newest; how many older ones were left out is known.
 */
public final class AssembledState {

    static final int MOST_BYTES = 4 << 20;

    private final List<EventEncoder.Fields> answers;
    private final int omitted;

    private record Asked(Instant at, EventEncoder.Fields answer) {}

    private AssembledState(List<EventEncoder.Fields> answers, int omitted) {
        this.answers = answers;
        this.omitted = omitted;
    }

    /**
     * @param turns finished answers from history, oldest first
     * @param views answers in memory; those that history has too are left out
     * @param responseId only this one; null for all
     */
    public static AssembledState of(List<FinishedAnswer> turns, List<Response> views, @Nullable String responseId) {
        Set<String> told = new HashSet<>();
        Deque<FinishedAnswer> chosen = new ArrayDeque<>();
        int omitted = 0;
        long bytes = 0;
        for (FinishedAnswer turn : turns.reversed()) {
            if (responseId != null && !turn.responseId().equals(responseId)) {
                continue;
            }
            told.add(turn.responseId());
            bytes += turn.json().length;
            if (bytes <= MOST_BYTES || chosen.isEmpty()) {
                chosen.addFirst(turn);
            } else {
                omitted++;
            }
        }
        List<Asked> asked = new ArrayList<>();
        chosen.forEach(turn -> asked.add(new Asked(
                turn.requestedAt(), json -> json.writeRawValue(new String(turn.json(), StandardCharsets.UTF_8)))));
        views.stream()
                .filter(view -> !told.contains(view.getResponseId())
                        && (responseId == null || view.getResponseId().equals(responseId)))
                .forEach(view -> asked.add(new Asked(view.getRequestedAt(), json -> ResponseJson.write(json, view))));
        return new AssembledState(
                asked.stream()
                        .sorted(Comparator.comparing(Asked::at))
                        .map(Asked::answer)
                        .toList(),
                omitted);
    }

    /** How each is written, as one JSON value. */
    List<EventEncoder.Fields> answers() {
        return answers;
    }

    /** How many finished answers are older than those that are here. */
    int omitted() {
        return omitted;
    }
}
