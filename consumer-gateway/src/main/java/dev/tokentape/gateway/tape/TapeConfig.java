package dev.tokentape.gateway.tape;

import java.time.Duration;

/**
 * The bounds of a tape.
 *
 * @param segmentBytes most bytes of all segments together
 * @param resumeWindow how far back a cursor may lie
 * @param repairWait how long the missing part of an answer is waited for
 * @param mostEarlyEvents how many events of one answer may wait behind a missing one
 * @param mostAnswerBytes an answer that takes more memory than this has no assembled form here
 * @param catchUpBytes most bytes of all that catch-up scans hold for their readers; one conversation gets a quarter of
 *     it
 * @param scanBytes most bytes that one pass over a partition reads from Kafka
 * @param scanTime longest time that one pass takes
 * @param scanRoom how long a pass that finds no room waits for readers to take what earlier ones hold for them
 */
public record TapeConfig(
        long segmentBytes,
        Duration resumeWindow,
        Duration repairWait,
        int mostEarlyEvents,
        long mostAnswerBytes,
        long catchUpBytes,
        long scanBytes,
        Duration scanTime,
        Duration scanRoom) {

    public static final TapeConfig DEFAULTS = new TapeConfig(
            256L << 20,
            Duration.ofMinutes(15),
            Duration.ofSeconds(30),
            2_048,
            16L << 20,
            64L << 20,
            4L << 30,
            Duration.ofSeconds(60),
            Duration.ofSeconds(1));

    /** The defaults, but for what operators set. */
    public static TapeConfig of(long segmentBytes, Duration resumeWindow) {
        return DEFAULTS.withSegmentBytes(segmentBytes).withResumeWindow(resumeWindow);
    }

    public TapeConfig withSegmentBytes(long bytes) {
        return new TapeConfig(
                bytes,
                resumeWindow,
                repairWait,
                mostEarlyEvents,
                mostAnswerBytes,
                catchUpBytes,
                scanBytes,
                scanTime,
                scanRoom);
    }

    public TapeConfig withResumeWindow(Duration window) {
        return new TapeConfig(
                segmentBytes,
                window,
                repairWait,
                mostEarlyEvents,
                mostAnswerBytes,
                catchUpBytes,
                scanBytes,
                scanTime,
                scanRoom);
    }

    public TapeConfig withRepairWait(Duration wait) {
        return new TapeConfig(
                segmentBytes,
                resumeWindow,
                wait,
                mostEarlyEvents,
                mostAnswerBytes,
                catchUpBytes,
                scanBytes,
                scanTime,
                scanRoom);
    }

    public TapeConfig withCatchUpBytes(long bytes) {
        return new TapeConfig(
                segmentBytes,
                resumeWindow,
                repairWait,
                mostEarlyEvents,
                mostAnswerBytes,
                bytes,
                scanBytes,
                scanTime,
                scanRoom);
    }

    public TapeConfig withScanBytes(long bytes) {
        return new TapeConfig(
                segmentBytes,
                resumeWindow,
                repairWait,
                mostEarlyEvents,
                mostAnswerBytes,
                catchUpBytes,
                bytes,
                scanTime,
                scanRoom);
    }

    public TapeConfig withScanRoom(Duration wait) {
        return new TapeConfig(
                segmentBytes,
                resumeWindow,
                repairWait,
                mostEarlyEvents,
                mostAnswerBytes,
                catchUpBytes,
                scanBytes,
                scanTime,
                wait);
    }
}
