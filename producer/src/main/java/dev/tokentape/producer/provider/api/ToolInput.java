package dev.tokentape.producer.provider.api;

import dev.tokentape.schemas.avro.DeltaType;
import org.jspecify.annotations.Nullable;

/**
 * The input of one tool call, as its pieces come: held back while the call's block has not begun, and watched for its
 * end, so that input which breaks off is not taken for whole.
 *
 * <p>An empty object may be all the input there is, or only stand where the input will be: it waits until more comes or
 * the call ends. One behind whole input says nothing either.
 */
public final class ToolInput {

    private final Answer answer;
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder emptyObject = new StringBuilder();
    private JsonExtent extent = new JsonExtent();
    private @Nullable OpenBlock block;

    public ToolInput(Answer answer) {
        this.answer = answer;
    }

    /** Adds a piece of JSON. */
    public void add(String piece) {
        if (piece.isEmpty()) {
            return;
        }
        boolean first = held.isEmpty() && extent.empty() || !emptyObject.isEmpty();
        if (!first && extent.closed() && isEmptyObject(piece)) {
            return;
        }
        if (isEmptyObject(emptyObject) && piece.stripLeading().startsWith("{")) {
            emptyObject.setLength(0);
            extent = new JsonExtent();
        }
        extent.add(piece);
        if (first) {
            answer.count(piece.length());
            emptyObject.append(piece);
            if (!mayBeEmptyObject(emptyObject)) {
                release();
            }
        } else {
            say(piece);
        }
    }

    /** Adds a piece of input that is no JSON. */
    public void addText(String piece) {
        extent.add(piece);
        say(piece);
    }

    /** Whether something has come that is more than an empty object. */
    public boolean told() {
        return !held.isEmpty() || emptyObject.isEmpty() && !extent.empty();
    }

    /** Gives the block, which has begun, what has come before it. */
    public void begin(OpenBlock begun) {
        block = begun;
        answer.delta(begun, DeltaType.INPUT_JSON, held.toString());
        held.setLength(0);
    }

    /** Nothing more comes: an empty object was all. */
    public void end() {
        release();
    }

    /** Whether there was nothing but white space. */
    public boolean empty() {
        return extent.empty();
    }

    /** Whether no JSON value is left unfinished; also where there was none. */
    public boolean closed() {
        return extent.closed();
    }

    private void release() {
        if (!emptyObject.isEmpty()) {
            String all = emptyObject.toString();
            emptyObject.setLength(0);
            say(all);
        }
    }

    private void say(String piece) {
        if (block != null) {
            answer.delta(block, DeltaType.INPUT_JSON, piece);
        } else {
            answer.count(piece.length());
            held.append(piece);
        }
    }

    private static boolean isEmptyObject(CharSequence text) {
        String bare = text.toString().strip();
        return bare.length() >= 2
                && bare.charAt(0) == '{'
                && bare.charAt(bare.length() - 1) == '}'
                && bare.substring(1, bare.length() - 1).isBlank();
    }

    private static boolean mayBeEmptyObject(CharSequence text) {
        String bare = text.toString().strip();
        return bare.isEmpty() || bare.charAt(0) == '{' && (bare.substring(1).isBlank() || isEmptyObject(bare));
    }
}
