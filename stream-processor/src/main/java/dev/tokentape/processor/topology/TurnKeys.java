package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.ResponseKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys of the store of turns. A turn lies under its conversation, a zero byte and its terminal event's journal offset,
 * eight bytes big-endian, so that a conversation's turns stand together in the order in which they ended; and that
 * offset lies under conversation, a one byte and response id.
 */
public final class TurnKeys {

    private static final byte TURN = 0;
    private static final byte BY_RESPONSE = 1;

    private TurnKeys() {}

    public static Bytes turn(String conversationId, long terminalOffset) {
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
