package dev.tokentape.producer.testing;

import dev.tokentape.producer.journal.Journal;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A journal on Kafka's own fake of a producer: acknowledges at once, or when told to. */
public final class RecordedJournal {

    public static final int MAX_BYTES = 16 * 1024 * 1024;

    private final TapeCodec codec;
    private final MockProducer<String, byte[]> producer;
    private final Journal journal;

    private RecordedJournal(boolean acknowledgesAtOnce) {
        TopicCatalogue topics = new TopicCatalogue("", 3, (short) 1);
        codec = new TapeCodec(SchemaRegistry.open("memory:"), topics);
        producer = new MockProducer<>(acknowledgesAtOnce, null, new StringSerializer(), new ByteArraySerializer());
        journal = new Journal(producer, codec, topics, MAX_BYTES);
    }

    public static RecordedJournal fast() {
        return new RecordedJournal(true);
    }

    /** Acknowledges nothing until {@link #acknowledgeNext} or {@link #refuseNext}. */
    public static RecordedJournal slow() {
        return new RecordedJournal(false);
    }

    public Journal journal() {
        return journal;
    }

    public TapeCodec codec() {
        return codec;
    }

    /** Everything sent so far, acknowledged or not. */
    public List<TokenEvent> events() {
        return producer.history().stream()
                .map(sent -> codec.decodeEvent(sent.value()))
                .toList();
    }

    public int sent() {
        return producer.history().size();
    }

    /** @return false if nothing waits */
    public boolean acknowledgeNext() {
        return producer.completeNext();
    }

    public void acknowledgeAll() {
        while (producer.completeNext()) {
            // Each completes one.
        }
    }

    public void refuseNext(RuntimeException failure) {
        if (!producer.errorNext(failure)) {
            throw new AssertionError("nothing waits to be acknowledged");
        }
    }
}
