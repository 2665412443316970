package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.ResponseKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys of the store of turns. A turn lies under its conversation, a zero byte, its terminal event's journal offset, eight
 * bytes big-endian, and its response id: so a conversation's turns stand together in the order in which they ended, and
 * two that one record ended do not take each other's place. That offset lies under conversation, a one byte and response
 * id.
 */
public final class TurnKeys {

    private static final byte TURN = 0;
    private static final byte BY_RESPONSE = 1;

    private TurnKeys() {}

    public static Bytes turn(ResponseKey key, long terminalOffset) {
        byte[] before = before(key.conversationId(), terminalOffset).get();
        byte[] response = key.responseId().getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(before.length + response.length)
                .put(before)
                .put(response)
                .array());
    }

    /** Comes before every turn of the conversation that ended at this offset or later, and after all others. */
    public static Bytes before(String conversationId, long terminalOffset) {
        byte[] conversation = conversationId.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(conversation.length + 1 + Long.BYTES)
                .put(conversation)
                .put(TURN)
                .putLong(terminalOffset)
                .array());
    }

    public static Bytes byResponse(ResponseKey key) {
        byte[] conversation = key.conversationId().getBytes(StandardCharsets.UTF_8);
        byte[] response = key.responseId().getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(conversation.length + 1 + response.length)
                .put(conversation)
                .put(BY_RESPONSE)
                .put(response)
                .array());
    }

    static Bytes utf8(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(Bytes utf8) {
        return new String(utf8.get(), StandardCharsets.UTF_8);
    }
}
