package dev.tokentape.gateway.tape.frame;

import dev.tokentape.gateway.tape.Frame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A snapshot as frames: one answer in each, and only the last has a cursor, so that a reader whose connection breaks in
 * the middle gets a whole one when it comes back. All but the last say {@code "more":true}.
 *
 * <p>Frames are written when they are asked for: what a slow reader keeps from the collector is the answers, not their
 * JSON.
 */
public final class SnapshotFrames implements Iterator<Frame> {

    private final String conversationId;
    private final String cursor;
    private final List<String> incomplete;
    private final int omitted;
    private final Iterator<EventEncoder.Fields> answers;
    private boolean last;

    /**
     * @param cursor of the place to which the snapshot goes
     * @param incomplete running answers whose beginning is not at hand
     */
    public SnapshotFrames(String conversationId, String cursor, AssembledState state, List<String> incomplete) {
        this.conversationId = conversationId;
        this.cursor = cursor;
        this.incomplete = List.copyOf(incomplete);
        this.omitted = state.omitted();
        this.answers = new ArrayList<>(state.answers()).iterator();
    }

    @Override
    public boolean hasNext() {
        return !last;
    }

    @Override
    public Frame next() {
        EventEncoder.Fields answer = answers.hasNext() ? answers.next() : null;
        last = !answers.hasNext();
        return EventEncoder.frame(last ? cursor : Frame.NO_CURSOR, false, json -> {
            json.writeStringField("type", "snapshot");
            json.writeStringField("conversation_id", conversationId);
            json.writeArrayFieldStart("responses");
            if (answer != null) {
                answer.write(json);
            }
            json.writeEndArray();
            if (!last) {
                json.writeBooleanField("more", true);
                return;
            }
            if (omitted > 0) {
                json.writeNumberField("omitted", omitted);
            }
            if (!incomplete.isEmpty()) {
                json.writeArrayFieldStart("incomplete");
                for (String responseId : incomplete) {
                    json.writeString(responseId);
                }
                json.writeEndArray();
            }
        });
    }
}
