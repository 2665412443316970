package dev.tokentape.gateway.tape.segment;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.cursor.Expectations;
import dev.tokentape.gateway.tape.frame.EventEncoder;

/** Turns the records of one conversation into entries, each judged by the expectations of the log they stand in. */
public final class ConversationFold {

    private final long epoch;
    private final int partition;
    private final int conversation;
    private final Expectations expectations;
    private long position;
    private String cursor;

    /** @param startOffset everything up to it counts as read */
    public ConversationFold(
            long epoch, int partition, String conversationId, long startOffset, Expectations expectations) {
        this.epoch = epoch;
        this.partition = partition;
        this.conversation = Cursor.conversationHash(conversationId);
        this.expectations = expectations;
        this.cursor = text(Cursor.Kind.PLACE, startOffset);
    }

    public SegmentEntry fold(TapeRecord record) {
        boolean terminal = record.event().isTerminal();
        long sequence = record.event().envelope().sequence();
        long response = record.response();
        SegmentEntry.Kind kind = switch (expectations.judge(response, sequence, terminal, record.seconds())) {
            case NEXT -> SegmentEntry.Kind.NEXT;
            case REPEAT -> SegmentEntry.Kind.REPEAT;
            case EARLY -> SegmentEntry.Kind.EARLY;
        };
        cursor = text(Cursor.Kind.RECORD, record.offset());
        return new SegmentEntry(
                position++,
                kind,
                record.offset(),
                response,
                sequence,
                terminal,
                record.seconds(),
                record.timestamp(),
                EventEncoder.frame(cursor, record.event(), record.publishedAt()));
    }

    /** Gives up what is missing of a response before a sequence, and takes all up to that as read. */
    SegmentEntry giveUp(SegmentEntry after, long response, long sequence, boolean terminal) {
        expectations.jump(response, sequence, terminal, after.seconds());
        cursor = text(Cursor.Kind.RECORD, after.offset());
        return new SegmentEntry(
                position++,
                SegmentEntry.Kind.GAP,
                after.offset(),
                response,
                sequence,
                terminal,
                after.seconds(),
                after.timestamp(),
                new Frame(cursor, new byte[0], false));
    }

    /** Cursor of the place after the last entry. */
    public String cursor() {
        return cursor;
    }

    Expectations expectations() {
        return expectations;
    }

    private String text(Cursor.Kind kind, long offset) {
        return Cursor.text(kind, epoch, partition, conversation, offset, expectations);
    }
}
