package dev.tokentape.gateway.tape.catchup;

import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.frame.GapReason;
import dev.tokentape.gateway.tape.metrics.TapeMetrics;
import dev.tokentape.gateway.tape.segment.Segment;
import dev.tokentape.gateway.tape.segment.TapeRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass over a partition: which conversations it is for, how far it has come, and what it cost. */
final class ScanPass {

    private final Map<String, ScanChain> active = new HashMap<>();
    private final List<ScanChain> chains = new ArrayList<>();
    private long from = Long.MAX_VALUE;
    private long next;
    private long bytesRead;
    private int events;

    private ScanPass() {}

    /** Resolves every request: by a chain of this pass, one for each conversation, or by what is clear beforehand. */
    static ScanPass plan(PartitionLog.Bounds bounds, List<CatchUpRequest> requests) {
        Map<Segment, List<CatchUpRequest>> bySegment = new LinkedHashMap<>();
        for (CatchUpRequest request : requests) {
            long offset = request.after().offset();
            if (offset >= bounds.end()) {
                request.resolve(new CatchUpRequest.Resolution.Refused(GapReason.CURSOR_AHEAD));
            } else if (request.segment().lost()
                    || offset + 1 >= request.segment().coveredFrom()) {
                request.resolve(new CatchUpRequest.Resolution.InSegment());
            } else if (offset + 1 < bounds.begin()) {
                request.resolve(new CatchUpRequest.Resolution.Refused(GapReason.CURSOR_TOO_OLD));
            } else {
                bySegment
                        .computeIfAbsent(request.segment(), _ -> new ArrayList<>())
                        .add(request);
            }
        }
        ScanPass pass = new ScanPass();
        bySegment.forEach((segment, group) -> pass.add(bounds, segment, group));
        pass.next = pass.from;
        return pass;
    }

    private void add(PartitionLog.Bounds bounds, Segment segment, List<CatchUpRequest> group) {
        Cursor oldest = group.stream()
                .map(CatchUpRequest::after)
                .min(Comparator.comparingLong(Cursor::offset))
                .orElseThrow();
        // The record that a cursor names is read too, so that it can be verified.
        long start =
                Math.max(bounds.begin(), oldest.kind() == Cursor.Kind.RECORD ? oldest.offset() : oldest.offset() + 1);
        ScanChain chain = new ScanChain(segment, start, oldest);
        active.put(segment.conversationId(), chain);
        chains.add(chain);
        from = Math.min(from, start);
        group.forEach(request -> request.resolve(new CatchUpRequest.Resolution.Follow(chain)));
    }

    /** Takes what was read, and ends the chains that are finished or full. */
    void accept(PartitionLog.Batch batch, TapeMetrics metrics, long bytesEach) {
        Iterator<? extends ScannedRecord> records = batch.records();
        int read = 0;
        int found = 0;
        while (records.hasNext() && !active.isEmpty()) {
            ScannedRecord record = records.next();
            read++;
            bytesRead += record.bytes();
            String conversationId = record.conversationId();
            ScanChain chain = conversationId == null ? null : active.get(conversationId);
            if (chain == null || record.offset() < chain.from()) {
                continue;
            }
            if (record.offset() >= chain.segment().coveredFrom()) {
                end(chain, new ScanChain.End.AtSegment(record.offset() - 1));
                continue;
            }
            TapeRecord understood = record.decode();
            if (understood != null) {
                chain.append(understood);
                found++;
                if (chain.bytes() > bytesEach && record.offset() > chain.from()) {
                    end(chain, new ScanChain.End.Early(record.offset()));
                }
            }
        }
        next = Math.max(next, batch.next());
        events += found;
        metrics.scannedRecords(read);
        metrics.scannedEvents(found);
        for (ScanChain chain : List.copyOf(active.values())) {
            if (next >= chain.segment().coveredFrom()) {
                end(chain, new ScanChain.End.AtSegment(next - 1));
            } else if (chain.waiters().isEmpty()) {
                end(chain, new ScanChain.End.Early(next - 1));
            } else {
                chain.waiters().wake();
            }
        }
    }

    /** What is left has cost too much. */
    void refuse() {
        List.copyOf(active.values()).forEach(chain -> end(chain, new ScanChain.End.Refused()));
    }

    /** Ends what has come so far that its readers, when they ask again, will ask for something later. */
    void endWhereProgressed() {
        for (ScanChain chain : List.copyOf(active.values())) {
            if (next > chain.from() + 1) {
                end(chain, new ScanChain.End.Early(next - 1));
            }
        }
    }

    /** The pass is over before its end. */
    void endEarly() {
        List.copyOf(active.values())
                .forEach(chain -> end(chain, new ScanChain.End.Early(Math.max(next, chain.from()) - 1)));
    }

    boolean isEmpty() {
        return active.isEmpty();
    }

    Collection<ScanChain> chains() {
        return chains;
    }

    /** The first offset to read. */
    long from() {
        return from;
    }

    long bytesRead() {
        return bytesRead;
    }

    private void end(ScanChain chain, ScanChain.End how) {
        active.remove(chain.segment().conversationId());
        chain.end(how);
    }

    @Override
    public String toString() {
        return "ScanPass[conversations=%d, from=%d, to=%d, events=%d, bytes=%d]"
                .formatted(chains.size(), from, next, events, bytesRead);
    }
}
