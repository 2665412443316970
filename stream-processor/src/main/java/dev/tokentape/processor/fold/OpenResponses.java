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
    private final Map<ResponseKey, EarlyCancel> earlyCancels = new HashMap<>();
    private long characters;

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

    void add(OpenResponse response) {
        open.put(response.key, response);
        recount(response);
    }

    void remove(OpenResponse response) {
        open.remove(response.key);
        characters -= response.counted;
    }

    /** To be called when a response holds more or less than before. */
    void recount(OpenResponse response) {
        long now = response.characters();
        characters += now - response.counted;
        response.counted = now;
    }

    /** Whether there is no room for one more. */
    boolean isFullFor(OpenResponse candidate) {
        return open.size() >= limits.maxOpenResponses()
                || characters + candidate.characters() > limits.maxOpenCharacters();
    }

    /** Whether they hold more than they may. */
    boolean isOverfull() {
        return characters > limits.maxOpenCharacters();
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
                switch (response.state) {
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
                response.attempt,
                response.owner(),
                response.lastSign,
                deadline,
                patience,
                response.entry.firstTime());
    }
}
