package dev.tokentape.schemas.codec;

import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Turns records into the bytes on the topics and back: Confluent's wire format, a zero byte, the schema's id as four
 * bytes big-endian, then Avro binary.
 *
 * <p>A topic of one record type registers its schema under {@code <topic>-value}, where SQL engines and sinks look; a
 * topic of several registers each under {@code <topic>-<full name>}. Thread-safe.
 */
public final class TapeCodec {

    private static final byte MAGIC = 0;
    private static final int HEADER_BYTES = 5;
    private static final int TYPICAL_BYTES = 256;
    private static final Schema EVENT = dev.tokentape.schemas.avro.TokenEvent.getClassSchema();

    static {
        TrustedClasses.ensure();
    }

    private final SchemaRegistry registry;
    private final TopicCatalogue topics;
    private final Map<Written, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, DatumReader<Object>> readers = new ConcurrentHashMap<>();
    private final Map<String, DatumWriter<SpecificRecord>> writers = new ConcurrentHashMap<>();

    private record Written(Topic topic, String recordName) {}

    public TapeCodec(SchemaRegistry registry, TopicCatalogue topics) {
        this.registry = registry;
        this.topics = topics;
    }

    /** @throws SchemaRegistryException if the schema is not yet known here and the registry fails */
    public byte[] encode(Topic topic, TokenEvent event) {
        if (event instanceof TokenEvent.BlockDelta delta) {
            return DeltaWriter.write(header(idOf(topic, EVENT)), delta);
        }
        return encode(topic, TokenEventMapping.toAvro(event));
    }

    /**
     * @throws SchemaRegistryException if the schema is not yet known here and the registry fails
     * @throws IllegalArgumentException if the topic does not carry this record type
     */
    public <T extends SpecificRecordBase> byte[] encode(Topic topic, T record) {
        Schema schema = record.getSchema();
        ByteArrayOutputStream out = new ByteArrayOutputStream(TYPICAL_BYTES);
        out.writeBytes(header(idOf(topic, schema)));
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            writers.computeIfAbsent(
                            schema.getFullName(), _ -> new SpecificDatumWriter<>(schema, record.getSpecificData()))
                    .write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * Registers, or looks up, every schema of these topics now, so that the first record need not wait for it.
     *
     * @throws SchemaRegistryException if the registry cannot be reached or refuses one as incompatible
     */
    public void register(Iterable<Topic> written) {
        for (Topic topic : written) {
            topic.schemas().forEach(schema -> idOf(topic, schema));
        }
    }

    /**
     * Registers every schema of the catalogue and has the registry watch over their evolution: what an installation
     * does once.
     *
     * @throws SchemaRegistryException if the registry cannot be reached or refuses one
     */
    public void publishSchemas() {
        register(List.of(Topic.values()));
        for (Topic topic : Topic.values()) {
            topic.schemas().forEach(schema -> registry.requireFullCompatibility(subject(topic, schema)));
        }
    }

    /**
     * A token event.
     *
     * @throws BadRecordException if the bytes are not one
     */
    public TokenEvent decodeEvent(byte[] bytes) {
        return TokenEventMapping.fromAvro(decode(bytes, dev.tokentape.schemas.avro.TokenEvent.class));
    }

    /**
     * A record of the given type.
     *
     * @throws BadRecordException if the bytes are not one
     */
    public <T extends SpecificRecord> T decode(byte[] bytes, Class<T> type) {
        Object decoded = decodeAvro(bytes);
        if (!type.isInstance(decoded)) {
            throw new BadRecordException("expected a %s, found a %s"
                    .formatted(type.getSimpleName(), decoded.getClass().getSimpleName()));
        }
        return type.cast(decoded);
    }

    /**
     * Whatever record of ours the bytes hold: a {@link TokenEvent}, or an Avro record of package
     * {@code dev.tokentape.schemas.avro}.
     *
     * @throws BadRecordException if the bytes are none
     * @throws SchemaRegistryException if the registry cannot be asked, which says nothing about the bytes
     */
    public Object decode(byte[] bytes) {
        Object decoded = decodeAvro(bytes);
        return decoded instanceof dev.tokentape.schemas.avro.TokenEvent event
                ? TokenEventMapping.fromAvro(event)
                : decoded;
    }

    private Object decodeAvro(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != MAGIC) {
            throw new BadRecordException("not in Confluent's wire format (%d bytes)".formatted(bytes.length));
        }
        int id = ByteBuffer.wrap(bytes).getInt(1);
        DatumReader<Object> reader = readers.get(id);
        if (reader == null) {
            reader = readers.computeIfAbsent(id, this::readerOf);
        }
        try {
            return reader.read(
                    null, DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null));
        } catch (IOException | RuntimeException e) {
            throw new BadRecordException("the bytes do not hold what schema %d says: %s".formatted(id, e), e);
        }
    }

    private DatumReader<Object> readerOf(int id) {
        Schema written;
        try {
            written = registry.byId(id);
        } catch (SchemaRegistryException.UnknownSchema e) {
            throw new BadRecordException("schema %d is not known: %s".formatted(id, e.getMessage()), e);
        }
        Schema ours = Topic.schemaNamed(written.getFullName());
        if (ours == null) {
            throw new BadRecordException("record type " + written.getFullName() + " is not one of ours");
        }
        return new SpecificDatumReader<>(written, ours, SpecificData.getForSchema(ours));
    }

    private int idOf(Topic topic, Schema schema) {
        Written written = new Written(topic, schema.getFullName());
        Integer id = ids.get(written);
        return id != null ? id : ids.computeIfAbsent(written, _ -> register(topic, schema));
    }

    private static byte[] header(int id) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(id).array();
    }

    private int register(Topic topic, Schema schema) {
        if (!topic.schemas().contains(schema)) {
            throw new IllegalArgumentException("topic " + topic + " does not carry " + schema.getFullName());
        }
        return registry.register(subject(topic, schema), schema);
    }

    private String subject(Topic topic, Schema schema) {
        String name = topics.name(topic);
        return topic.schemas().size() == 1 ? name + "-value" : name + "-" + schema.getFullName();
    }
}
