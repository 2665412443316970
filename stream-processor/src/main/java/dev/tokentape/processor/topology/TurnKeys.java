package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.ResponseKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys of the store of turns. A turn lies under its conversation, a zero byte, its terminal event's journal offset,
 * eight bytes big-endian, and its response id: so a conversation's turns stand together in the order in which they
 * ended, and two that one record ended do not take each other's place. That offset lies under conversation, a one byte
 * and response id. A delete of a conversation lies under a zero byte, the conversation, a zero byte and the delete's
 * journal offset: all of them together, before all conversations.
 */
public final class TurnKeys {

    private static final byte DELETION = 0;
    private static final byte TURN = 0;
    private static final byte BY_RESPONSE = 1;
    /** No conversation id has a byte this low. */
    private static final byte BEHIND = 2;

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

    /** Comes before every offset by response of the conversation, and behind its turns. */
    public static Bytes beforeResponses(String conversationId) {
        return mark(conversationId, BY_RESPONSE);
    }

    /** Comes behind every key of the conversation, and before those of the next one. */
    public static Bytes behind(String conversationId) {
        return mark(conversationId, BEHIND);
    }

    /** Where the delete of a conversation by the record at a journal offset is noted. */
    public static Bytes deletion(String conversationId, long offset) {
        byte[] conversation = conversationId.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(conversation.length + 2 + Long.BYTES)
                .put(DELETION)
                .put(conversation)
                .put(DELETION)
                .putLong(offset)
                .array());
    }

    /** Comes behind every delete, and before all conversations. */
    public static Bytes behindDeletions() {
        return behind("");
    }

    /** The conversation that a delete is of. */
    static String conversationOfDeletion(Bytes key) {
        return new String(key.get(), 1, key.get().length - 2 - Long.BYTES, StandardCharsets.UTF_8);
    }

    /** The last eight bytes of a key or value as an offset. */
    static long offsetIn(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong(bytes.length - Long.BYTES);
    }

    /** The value under {@link #byResponse}: where the journal ended the response and showed its question. */
    static byte[] offsets(long terminalOffset, long askedOffset) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(terminalOffset)
                .putLong(askedOffset)
                .array();
    }

    /** The terminal event's journal offset, as it lies under {@link #byResponse}. */
    public static long terminalOffset(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    /** The journal offset at which its question went on the tape; that of its end in stores that know no other. */
    static long askedOffset(byte[] value) {
        return offsetIn(value);
    }

    /** The response that {@link #byResponse} was asked for. */
    static ResponseKey responseOf(Bytes key) {
        String conversation = conversationOf(key);
        int conversationBytes = conversation.getBytes(StandardCharsets.UTF_8).length;
        byte[] bytes = key.get();
        return new ResponseKey(
                conversation,
                new String(bytes, conversationBytes + 1, bytes.length - conversationBytes - 1, StandardCharsets.UTF_8));
    }

    /** The conversation that a turn's key belongs to. */
    public static String conversationOf(Bytes key) {
        byte[] bytes = key.get();
        int length = 0;
        while (bytes[length] > BEHIND) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static Bytes mark(String conversationId, byte mark) {
        byte[] conversation = conversationId.getBytes(StandardCharsets.UTF_8);
        byte[] marked = Arrays.copyOf(conversation, conversation.length + 1);
        marked[conversation.length] = mark;
        return Bytes.wrap(marked);
    }

    static Bytes utf8(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(Bytes utf8) {
        return new String(utf8.get(), StandardCharsets.UTF_8);
    }
}
