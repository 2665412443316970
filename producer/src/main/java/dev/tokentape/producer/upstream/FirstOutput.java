package dev.tokentape.producer.upstream;

import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call's way into the run's sink, which holds the beginning of the answer back until its first output: a call that
 * fails before can be made again, or elsewhere, and nobody has seen two beginnings. Used by the run's thread.
 */
final class FirstOutput implements EventSink {

    /** Most events held: a beginning, and the stop reasons and usage that come before any output. */
    private static final int MOST_HELD = 300;

    private final EventSink sink;
    private final @Nullable Origin from;
    private final Runnable whenOutput;
    private final List<TokenEvent> held = new ArrayList<>();
    private boolean released;
    private TokenEvent.@Nullable Failed failure;
    private @Nullable Usage usage;

    /**
     * @param from where the answer was asked for first; null for there
     * @param whenOutput called once, at the first output
     */
    FirstOutput(EventSink sink, @Nullable Origin from, Runnable whenOutput) {
        this.sink = sink;
        this.from = from;
        this.whenOutput = whenOutput;
    }

    @Override
    public void emit(TokenEvent event) throws InterruptedException {
        TokenEvent told = event instanceof TokenEvent.MessageStart start && from != null ? from.toldBy(start) : event;
        note(told);
        boolean beginning = told instanceof TokenEvent.MessageStart || told instanceof TokenEvent.MessageDelta;
        if (!released && told instanceof TokenEvent.Failed) {
            return;
        }
        if (!released && told instanceof TokenEvent.MessageStart) {
            // One that began and began again before it said anything has begun once.
            held.clear();
        }
        if (!released && beginning && held.size() < MOST_HELD) {
            held.add(told);
            return;
        }
        release(!(told instanceof TokenEvent.Cancelled));
        sink.emit(told);
    }

    /** The failure before any output; null if there was output, or no failure. */
    @Nullable
    Lost lost() {
        return failure == null || released ? null : new Lost(failure, List.copyOf(held));
    }

    /** Whether the answer broke off after its first output, by a failure that passes. */
    boolean brokeOff() {
        return released && failure != null && failure.error().getRetryable();
    }

    /** Tokens that the call took; below 0 if nobody knows. */
    long tokens() {
        if (usage != null && (usage.getInputTokens() != null || usage.getOutputTokens() != null)) {
            return count(usage.getInputTokens()) + count(usage.getOutputTokens());
        }
        return lost() == null ? -1 : 0;
    }

    private void note(TokenEvent event) {
        switch (event) {
            case TokenEvent.Failed failed -> {
                failure = failed;
                usage = latest(failed.usage());
            }
            case TokenEvent.MessageStop stop -> usage = latest(stop.usage());
            case TokenEvent.Cancelled cancelled -> usage = latest(cancelled.usage());
            default -> {}
        }
    }

    private void release(boolean output) throws InterruptedException {
        if (released) {
            return;
        }
        released = true;
        if (output) {
            whenOutput.run();
        }
        for (TokenEvent event : held) {
            sink.emit(event);
        }
        held.clear();
    }

    private @Nullable Usage latest(@Nullable Usage told) {
        return told == null ? usage : told;
    }

    private static long count(@Nullable Long tokens) {
        return tokens == null ? 0 : tokens;
    }
}
