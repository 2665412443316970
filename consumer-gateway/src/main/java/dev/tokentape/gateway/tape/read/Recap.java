package dev.tokentape.gateway.tape.read;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.cursor.Expectations;
import dev.tokentape.gateway.tape.cursor.Fingerprint;
import dev.tokentape.gateway.tape.frame.AssembledState;
import dev.tokentape.gateway.tape.frame.FinishedAnswer;
import dev.tokentape.gateway.tape.frame.GapFrame;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.frame.SnapshotFrames;
import dev.tokentape.gateway.tape.segment.ResponseView;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Outcomes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The assembled state that one reader gets in place of events, because it cannot be given them or does not want them:
 * finished answers from history, running ones from the segment. History was asked when it was made; it is told once
 * history has answered.
 */
final class Recap {

    private final String conversationId;
    private final @Nullable String responseId;
    private final @Nullable GapReason reason;
    private final Segment.@Nullable Deletion deletion;
    private final CompletableFuture<List<FinishedAnswer>> answers;

    /**
     * @param responseId only this one; null for all
     * @param reason why events are missing; null if the reader asked for a snapshot instead of them
     * @param deletion the latest delete that was known before history was asked; null if none was
     */
    Recap(
            String conversationId,
            @Nullable String responseId,
            @Nullable GapReason reason,
            Segment.@Nullable Deletion deletion,
            CompletableFuture<List<FinishedAnswer>> answers) {
        this.conversationId = conversationId;
        this.responseId = responseId;
        this.reason = reason;
        this.deletion = deletion;
        this.answers = answers;
    }

    @Nullable
    GapReason reason() {
        return reason;
    }

    boolean ready() {
        return answers.isDone();
    }

    /** Whether the conversation was deleted since history was asked, so that what it tells must not be shown. */
    boolean isOutdated(Segment segment) {
        return !Objects.equals(deletion, segment.deletion());
    }

    /** What is told, and whether the one response asked for has ended in it. */
    record Told(Iterator<Frame> frames, boolean ended) {}

    /**
     * Tells a reader who has moved to the segment's tail; to be called once {@link #ready}.
     *
     * @param cursor the reader's, moved past what is told
     */
    Told tell(Segment segment, MovingCursor cursor) {
        List<FinishedAnswer> finished = answers.join();
        Map<String, Long> lastTold = new HashMap<>();
        finished.forEach(answer -> lastTold.put(answer.responseId(), answer.lastSequence()));
        Map<ResponseView, Response> views = new LinkedHashMap<>();
        List<String> incomplete = new ArrayList<>();
        segment.views()
                .filter(view -> responseId == null || view.responseId().equals(responseId))
                .forEach(view -> see(view, views, incomplete, lastTold.keySet()));
        passOver(views, lastTold, cursor);
        boolean ended = responseId != null
                && (lastTold.containsKey(responseId) || views.values().stream().anyMatch(Recap::hasEnded));
        AssembledState state = AssembledState.of(
                finished,
                List.copyOf(views.values()),
                segment.views().map(ResponseView::responseId).toList(),
                responseId);
        return new Told(
                reason == null
                        ? new SnapshotFrames(conversationId, cursor.text(), state, incomplete)
                        : List.of(GapFrame.of(cursor.text(), conversationId, reason, state))
                                .iterator(),
                ended);
    }

    private static void see(
            ResponseView view, Map<ResponseView, Response> views, List<String> incomplete, Set<String> finished) {
        Optional<Response> response = view.begins() ? view.response() : Optional.empty();
        response.ifPresent(known -> views.put(view, known));
        // One that ended after history was asked may have been evicted here since.
        if ((response.isEmpty() || !view.whole()) && !finished.contains(view.responseId())) {
            incomplete.add(view.responseId());
        }
    }

    /** Answers may be ahead of the tail that was taken before them: what they tell must not be shown again. */
    private static void passOver(Map<ResponseView, Response> views, Map<String, Long> finished, MovingCursor cursor) {
        Expectations here = cursor.cursor().expectations();
        boolean ahead = false;
        for (Map.Entry<ResponseView, Response> told : views.entrySet()) {
            long response = Fingerprint.of(told.getKey().responseId());
            boolean known = here.lastOf(response) >= 0 || told.getKey().firstOffset() > cursor.offset();
            ahead |= known && pass(here, response, told.getValue().getLastSequence(), hasEnded(told.getValue()));
        }
        for (Map.Entry<String, Long> told : finished.entrySet()) {
            long response = Fingerprint.of(told.getKey());
            ahead |= here.lastOf(response) >= 0 && pass(here, response, told.getValue(), true);
        }
        if (ahead) {
            cursor.expect(here);
        }
    }

    private static boolean pass(Expectations here, long response, long last, boolean ended) {
        if (here.ended(response) || last <= here.lastOf(response)) {
            return false;
        }
        here.jump(response, last, ended, here.time());
        return true;
    }

    private static boolean hasEnded(Response view) {
        return Outcomes.ended(view.getStatus());
    }
}
