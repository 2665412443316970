package dev.tokentape.producer.provider.http;

import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.api.Answer;
import dev.tokentape.producer.provider.api.Api;
import dev.tokentape.producer.provider.api.Limits;
import dev.tokentape.producer.provider.api.Reducer;
import dev.tokentape.producer.provider.api.RunStamp;
import dev.tokentape.producer.provider.config.Apis;
import dev.tokentape.producer.provider.wire.ArrivingSource;
import dev.tokentape.producer.provider.wire.BodyReader;
import dev.tokentape.producer.provider.wire.EventStream;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/** Runs a recorded response body through the very code that reads live ones. */
public final class RecordedBody {

    private RecordedBody() {}

    /** Names of the APIs whose bodies can be read. */
    public static List<String> apis() {
        return Apis.names();
    }

    /**
     * Gives the sink the body's events, numbered from 0, all times zero, the last one terminal.
     *
     * @param chunkBytes how many bytes arrive at a time; 0 for all at once
     * @throws IllegalArgumentException if there is no such API, or the number is negative
     */
    public static void decode(String api, byte[] body, int chunkBytes, Consumer<TokenEvent> sink) {
        Api spoken = Apis.named(api);
        if (spoken == null || chunkBytes < 0) {
            throw new IllegalArgumentException("cannot decode api %s in chunks of %d; the APIs are %s"
                    .formatted(api, chunkBytes, String.join(", ", Apis.names())));
        }
        Queue<TokenEvent> written = new ArrayDeque<>();
        Answer answer =
                new Answer(new RunStamp("recorded", "recorded", 1, null, null, null), Limits.DEFAULT, written::add);
        Reducer reducer = spoken.reducer(answer);
        Source arriving = new ArrivingSource(pieces(body, chunkBytes), new ArrivingSource.Arrivals() {
            @Override
            public void waiting() {}

            @Override
            public void arrived() {}
        });
        Numbering numbered = new Numbering(sink);
        try {
            BodyReader reader = BodyReader.of(spoken.framing(), arriving, Limits.DEFAULT.eventBytes());
            EventStream stream = new EventStream(reader, answer, reducer, written, numbered);
            stream.read();
            stream.finish(() -> "The recording fell silent.");
            EventStream.drain(written, numbered);
        } catch (InterruptedException e) {
            throw new IllegalStateException("a sink that cannot block was interrupted", e);
        }
    }

    private static Source pieces(byte[] body, int chunkBytes) {
        return new ForwardingSource(new Buffer().write(body)) {
            @Override
            public long read(Buffer sink, long byteCount) throws java.io.IOException {
                return super.read(sink, chunkBytes == 0 ? byteCount : Math.min(byteCount, chunkBytes));
            }
        };
    }

    private static final class Numbering implements EventSink {
        private final Consumer<TokenEvent> sink;
        private long sequence;

        private Numbering(Consumer<TokenEvent> sink) {
            this.sink = sink;
        }

        @Override
        public void emit(TokenEvent event) {
            sink.accept(event.withEnvelope(event.envelope().withSequence(sequence++)));
        }
    }
}
