package dev.tokentape.processor.fold;

import dev.tokentape.schemas.event.Envelope;

/** A piece of one block's text, or of a prompt, that one verdict covers. Grows until it is asked about. */
final class Stretch {

    /** In place of a block's number where it is of the prompt. */
    static final int PROMPT = Envelope.NONE;

    final int choice;
    final int block;
    final long from;
    final String context;
    private final long begunAt;
    private final StringBuilder text = new StringBuilder();
    private boolean due;
    private boolean settled;

    Stretch(Envelope first, long from, String context) {
        this.choice = first.choiceIndex();
        this.block = first.blockIndex();
        this.from = from;
        this.context = context;
        this.begunAt = nanos(first);
    }

    /** What is asked, whole. */
    static Stretch ofPrompt(Envelope at, String text) {
        Stretch prompt = new Stretch(at.withBlock(0, PROMPT), 0, "");
        prompt.text.append(text);
        prompt.close();
        return prompt;
    }

    void append(Envelope at, String more, int holdCharacters, int holdMillis) {
        text.append(more);
        due |= text.length() >= holdCharacters || nanos(at) - begunAt >= holdMillis * 1_000_000L;
    }

    /** No more text will come. */
    void close() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    /** A verdict has covered it, or none is waited for any more. */
    void settle() {
        settled = true;
    }

    boolean isSettled() {
        return settled;
    }

    boolean isOfPrompt() {
        return block == PROMPT;
    }

    int length() {
        return text.length();
    }

    long to() {
        return from + text.length();
    }

    /** The text with what came before it. */
    String asked() {
        return context + text;
    }

    private static long nanos(Envelope at) {
        return at.elapsedNanos() == Envelope.NONE ? at.receivedAt() * 1_000 : at.elapsedNanos();
    }
}
