package dev.tokentape.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One reader: asks for a stream of events, then checks and counts what comes. It belongs to its connection's event
 * loop.
 */
final class StreamReader implements SseScanner.Found {

    private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_END = 0x0d0a0d0a;

    private final String path;
    private final @Nullable String token;
    private final String localAddress;
    private final Tally tally;
    private final SseScanner scanner = new SseScanner(this);
    private final Runnable settled;
    private long expected = -1;
    private long now;
    private volatile boolean open;

    /**
     * @param token what it says who it is with, if anybody asks
     * @param settled told when its stream has begun, or will not
     */
    StreamReader(String path, @Nullable String token, String localAddress, Tally tally, Runnable settled) {
        this.path = path;
        this.token = token;
        this.localAddress = localAddress;
        this.tally = tally;
        this.settled = settled;
    }

    String localAddress() {
        return localAddress;
    }

    boolean isOpen() {
        return open;
    }

    /** There was not even a connection. */
    void failed(Throwable cause) {
        tally.refused(cause.toString());
        settled.run();
    }

    /** A handler for a new connection. */
    ByteToMessageDecoder connection() {
        return new Connection();
    }

    @Override
    public void event(long sequence, long publishedAt) {
        tally.events.incrementAndGet();
        if (sequence > 0 && expected >= 0 && sequence != expected) {
            (sequence < expected ? tally.repeats : tally.holes).incrementAndGet();
        }
        if (sequence >= 0) {
            expected = Math.max(sequence == 0 ? 0 : expected, sequence + 1);
        }
        if (publishedAt > 0) {
            tally.delay(now - publishedAt);
        }
    }

    @Override
    public void gap() {
        tally.gaps.incrementAndGet();
        expected = -1;
    }

    private final class Connection extends ByteToMessageDecoder {
        private boolean begun;
        private boolean told;
        private String refusal = "closed without an answer";

        @Override
        public void channelActive(ChannelHandlerContext context) {
            String cursor = scanner.cursor();
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                    + (token == null ? "" : "Authorization: Bearer " + token + "\r\n")
                    + (cursor.isEmpty() ? "" : "Last-Event-ID: " + cursor + "\r\n") + "\r\n";
            context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), request), context.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            now = Tally.nowMicros();
            tally.reads.incrementAndGet();
            tally.bytes.addAndGet(((ByteBuf) message).readableBytes());
            super.channelRead(context, message);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (!begun && !begins(context, in)) {
                return;
            }
            scanner.scan(in);
        }

        private boolean begins(ChannelHandlerContext context, ByteBuf in) {
            for (int i = in.readerIndex(); i <= in.writerIndex() - Integer.BYTES; i++) {
                if (in.getInt(i) == HEADER_END) {
                    byte[] status = new byte[OK.length];
                    in.getBytes(in.readerIndex(), status);
                    refusal = new String(status, StandardCharsets.US_ASCII);
                    in.readerIndex(i + Integer.BYTES);
                    if (!java.util.Arrays.equals(status, OK)) {
                        context.close();
                        return false;
                    }
                    begun = true;
                    open = true;
                    tally.opened.incrementAndGet();
                    settle();
                    return true;
                }
            }
            return false;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            super.channelInactive(context);
            if (begun) {
                open = false;
                tally.opened.decrementAndGet();
                tally.lost.incrementAndGet();
            } else {
                tally.refused(refusal);
            }
            settle();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            refusal = cause.toString();
            // A reset counts as a loss when the channel becomes inactive.
            context.close();
        }

        private void settle() {
            if (!told) {
                told = true;
                settled.run();
            }
        }
    }
}
