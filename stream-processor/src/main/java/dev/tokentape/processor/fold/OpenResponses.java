package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The fold's memory: the open responses of one partition, oldest first, and the characters that they hold. */
final class OpenResponses {

    /** A cancel that entered the journal before the request it is for: they come from two topics. */
    record EarlyCancel(IndexEntry entry, String reason) {}

    private final FoldLimits limits;
    private final Map<ResponseKey, OpenResponse> open = new LinkedHashMap<>();
    private final Map<ResponseKey, Long> counted = new HashMap<>();
    private final Map<ResponseKey, EarlyCancel> earlyCancels = new HashMap<>();
    /** Of all open responses, as each was counted last. */
    private long characters;

    /** The one that is worked on: the others hold what they held when they were counted. */
    private @Nullable OpenResponse atHand;

    OpenResponses(FoldLimits limits) {
        this.limits = limits;
    }

    @Nullable
    OpenResponse get(ResponseKey key) {
        return open.get(key);
    }

    boolean contains(ResponseKey key) {
        return open.containsKey(key) || earlyCancels.containsKey(key);
    }

    int count() {
        return open.size() + earlyCancels.size();
    }

    /** The response at the record that is folded; null if none is open by that name. */
    @Nullable
    ResponseStep at(FoldStep step, ResponseKey key) {
        OpenResponse response = open.get(key);
        return response == null ? null : at(step, response);
    }

    ResponseStep at(FoldStep step, OpenResponse response) {
        if (atHand != response) {
            charactersNow();
            atHand = response;
        }
        return new ResponseStep(step, response, this);
    }

    ResponseStep add(FoldStep step, OpenResponse response) {
        open.put(response.key, response);
        counted.put(response.key, 0L);
        return at(step, response);
    }

    void remove(OpenResponse response) {
        open.remove(response.key);
        Long last = counted.remove(response.key);
        characters -= last == null ? 0 : last;
        if (atHand == response) {
            atHand = null;
        }
    }

    /** Characters that all of them hold now. */
    private long charactersNow() {
        OpenResponse changed = atHand;
        if (changed != null) {
            long now = changed.characters();
            Long before = counted.put(changed.key, now);
            characters += now - (before == null ? 0 : before);
        }
        return characters;
    }

    /** Whether there is no room for one more. */
    boolean isFullFor(OpenResponse candidate) {
        return open.size() >= limits.maxOpenResponses()
                || charactersNow() + candidate.characters() > limits.maxOpenCharacters();
    }

    /** Whether they hold more than they may. */
    boolean isOverfull() {
        return charactersNow() > limits.maxOpenCharacters();
    }

    /** Whether they are more than they may be. */
    boolean areTooMany() {
        return open.size() > limits.maxOpenResponses();
    }

    @Nullable
    EarlyCancel earlyCancel(ResponseKey key) {
        return earlyCancels.get(key);
    }

    @Nullable
    EarlyCancel takeEarlyCancel(ResponseKey key) {
        return earlyCancels.remove(key);
    }

    boolean hasRoomForEarlyCancel() {
        return earlyCancels.size() < limits.maxOpenResponses();
    }

    void add(ResponseKey key, EarlyCancel cancel) {
        earlyCancels.put(key, cancel);
    }

    /** Those of one conversation, oldest first. */
    List<OpenResponse> in(String conversationId) {
        return open.values().stream()
                .filter(response -> response.key.conversationId().equals(conversationId))
                .toList();
    }

    void forEach(Consumer<OpenResponse> visitor) {
        open.values().forEach(visitor);
    }

    /** Shows every open response to the watch. */
    void observe(Consumer<Observation> watch) {
        open.forEach((key, response) -> watch.accept(
                switch (response.state()) {
                    case RunState.Awaiting awaiting ->
                        waiting(response, awaiting.deadline(), limits.toolResultsMicros());
                    case RunState.Held(long deadline) ->
                        waiting(response, deadline, FoldLimits.VERDICT_PATIENCE_MICROS);
                    case RunState.Queued(long deadline) -> waiting(response, deadline, limits.jobDeadlineMicros());
                    case RunState.Judged(TokenEvent _, long deadline) ->
                        waiting(response, deadline, FoldLimits.VERDICT_PATIENCE_MICROS);
                    case RunState.Running _, RunState.Cancelling _ -> waiting(response, Envelope.NONE, Envelope.NONE);
                }));
        earlyCancels.forEach((key, cancel) -> watch.accept(new Observation(
                key,
                0,
                null,
                Envelope.NONE,
                cancel.entry().firstTime() + limits.jobDeadlineMicros(),
                limits.jobDeadlineMicros(),
                cancel.entry().firstTime())));
    }

    private static Observation waiting(OpenResponse response, long deadline, long patience) {
        return new Observation(
                response.key,
                response.attempt(),
                response.owner(),
                response.life.lastSign(),
                deadline,
                patience,
                response.entry.firstTime());
    }
}
