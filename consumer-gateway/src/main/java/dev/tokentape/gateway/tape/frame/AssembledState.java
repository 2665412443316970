package dev.tokentape.gateway.tape.frame;

import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.json.ResponseJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a conversation's answers, each once, in the order in which the tape has their questions. At most
 * {@link #MOST_BYTES} of those from history, the newest; how many older ones were left out is known.
 */
public final class AssembledState {

    static final int MOST_BYTES = 4 << 20;

    private final List<EventEncoder.Fields> answers;
    private final int omitted;

    private AssembledState(List<EventEncoder.Fields> answers, int omitted) {
        this.answers = answers;
        this.omitted = omitted;
    }

    /**
     * @param turns finished answers from history, oldest question first
     * @param views answers in memory; those that history has too are left out
     * @param asked ids of all answers whose questions are in memory, oldest first
     * @param responseId only this one; null for all
     */
    public static AssembledState of(
            List<FinishedAnswer> turns, List<Response> views, List<String> asked, @Nullable String responseId) {
        List<FinishedAnswer> finished = turns.stream()
                .filter(turn -> responseId == null || turn.responseId().equals(responseId))
                .toList();
        Set<String> chosen = newest(finished);
        Set<String> told = finished.stream().map(FinishedAnswer::responseId).collect(Collectors.toSet());
        Map<String, Response> running = views.stream()
                .filter(view -> !told.contains(view.getResponseId())
                        && (responseId == null || view.getResponseId().equals(responseId)))
                .collect(Collectors.toMap(Response::getResponseId, view -> view));
        // What runs stands before the first finished one that was asked for after it.
        Map<String, List<EventEncoder.Fields>> before = new HashMap<>();
        List<EventEncoder.Fields> latest = new ArrayList<>();
        for (String id : asked) {
            Response view = running.get(id);
            if (view != null) {
                latest.add(json -> ResponseJson.write(json, view));
            } else if (told.contains(id)) {
                before.put(id, latest);
                latest = new ArrayList<>();
            }
        }
        List<EventEncoder.Fields> answers = new ArrayList<>();
        for (FinishedAnswer turn : finished) {
            answers.addAll(before.getOrDefault(turn.responseId(), List.of()));
            if (chosen.contains(turn.responseId())) {
                answers.add(json -> json.writeRawValue(new String(turn.json(), StandardCharsets.UTF_8)));
            }
        }
        answers.addAll(latest);
        return new AssembledState(answers, finished.size() - chosen.size());
    }

    /** Those that there is room for, one at least where there are any. */
    private static Set<String> newest(List<FinishedAnswer> finished) {
        Set<String> chosen = new HashSet<>();
        long bytes = 0;
        for (FinishedAnswer turn : finished.reversed()) {
            bytes += turn.json().length;
            if (bytes <= MOST_BYTES || chosen.isEmpty()) {
                chosen.add(turn.responseId());
            }
        }
        return chosen;
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
