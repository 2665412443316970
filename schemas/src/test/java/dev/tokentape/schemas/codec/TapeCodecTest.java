package dev.tokentape.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.Events;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TapeCodecTest {

    private final SchemaRegistry registry = SchemaRegistry.open("memory:");
    private final TapeCodec codec = new TapeCodec(registry, new TopicCatalogue("", 4, (short) 1));

    static Stream<TokenEvent> everyKind() {
        return Events.everyKind().stream();
    }

    @Test
    void theExamplesCoverEveryKindOfEvent() {
        assertThat(Events.everyKind().stream().map(Object::getClass))
                .containsExactlyInAnyOrder(TokenEvent.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void anEventComesBackAsItWas(TokenEvent event) {
        // When
        byte[] bytes = codec.encode(Topic.JOURNAL, event);

        // Then
        assertThat(codec.decodeEvent(bytes)).isEqualTo(event);
        assertThat(codec.decode(bytes)).isEqualTo(event);
    }

    @Test
    void anEventWithoutBlockOrElapsedTimeComesBackWithoutThem() {
        // Given
        var event = new TokenEvent.UserMessage(
                dev.tokentape.schemas.event.Envelope.ofSystem("c", "r", 0, 1_700_000_000_000_000L), "user", "");

        // When
        byte[] bytes = codec.encode(Topic.TOKENS, event);

        // Then
        assertThat(codec.decodeEvent(bytes)).isEqualTo(event);
    }

    @Test
    void aDeltaIsWrittenAsAvrosOwnWriterWould() {
        // Given deltas with anything in them
        long seed = System.nanoTime();
        System.out.println("TapeCodecTest.aDelta seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            TokenEvent.BlockDelta delta = anyDelta(random);

            // When it is written straight, and by way of the generated record
            byte[] straight = codec.encode(Topic.TOKENS, delta);
            byte[] byRecord = codec.encode(Topic.TOKENS, TokenEventMapping.toAvro(delta));

            // Then
            assertThat(straight).as("seed %d, delta %d", seed, i).isEqualTo(byRecord);
            assertThat(codec.decodeEvent(straight)).isEqualTo(delta);
        }
    }

    private static TokenEvent.BlockDelta anyDelta(SplittableRandom random) {
        String[] texts = {"", "a", " naïve", "世界 👋", "x".repeat(random.nextInt(5_000)), "\u0000\n"};
        Envelope envelope = new Envelope(
                texts[random.nextInt(texts.length)],
                texts[random.nextInt(texts.length)],
                random.nextInt(),
                random.nextBoolean() ? null : texts[random.nextInt(texts.length)],
                random.nextLong() >> random.nextInt(64),
                random.nextInt(),
                random.nextInt(3) - 1,
                random.nextLong(1L << 55),
                random.nextLong(1L << 55),
                random.nextBoolean() ? Envelope.NONE : random.nextLong(1L << random.nextInt(1, 62)),
                random.nextBoolean() ? null : "openai",
                random.nextBoolean() ? null : "gpt");
        return new TokenEvent.BlockDelta(
                envelope,
                DeltaType.values()[random.nextInt(DeltaType.values().length)],
                texts[random.nextInt(texts.length)],
                random.nextBoolean() ? null : "{}");
    }

    @Test
    void theBytesAreConfluentsWireFormatThatAnyAvroConsumerReads() throws Exception {
        // Given
        TokenEvent event = Events.everyKind().get(3);

        // When
        byte[] bytes = codec.encode(Topic.TOKENS, event);

        // Then
        assertThat(bytes[0]).isZero();
        Schema schema = registry.byId(ByteBuffer.wrap(bytes).getInt(1));
        GenericRecord generic = new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
        assertThat(generic.get("type")).hasToString("CONTENT_BLOCK_DELTA");
        assertThat(generic.get("text")).hasToString(" naïve");
        assertThat(generic.get("block_index")).isEqualTo(3);
    }

    @Test
    void aRequestWithMessagesComesBackAsItWas() {
        // Given
        Part part = Part.newBuilder().setType(PartType.TEXT).setText("hello").build();
        GenerationRequest request = GenerationRequest.newBuilder()
                .setConversationId("c")
                .setResponseId("r")
                .setRequestedAt(Instant.parse("2026-01-02T03:04:05.678901Z"))
                .setProvider("openai")
                .setModel("m")
                .setMessages(List.of(Message.newBuilder()
                        .setRole("user")
                        .setParts(List.of(part))
                        .build()))
                .setStop(List.of("END"))
                .build();

        // When
        byte[] bytes = codec.encode(Topic.REQUESTS, request);

        // Then
        assertThat(codec.decode(bytes, GenerationRequest.class)).isEqualTo(request);
    }

    @Test
    void aTopicTakesOnlyItsOwnRecordTypes() {
        ControlCommand command = ControlCommand.newBuilder()
                .setType(ControlType.CANCEL)
                .setConversationId("c")
                .setResponseId("r")
                .setReason("client_request")
                .setRequestedAt(Instant.EPOCH)
                .build();

        assertThatThrownBy(() -> codec.encode(Topic.TOKENS, command))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ControlCommand");
    }

    @Test
    void bytesThatAreNoneOfOursAreRefusedWithoutTheirContent() {
        assertThatThrownBy(() -> codec.decode("secret text".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(BadRecordException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> codec.decode(new byte[] {0, 0, 0, 9, 9, 1}))
                .isInstanceOf(BadRecordException.class)
                .hasMessageContaining("2313");
        int foreign = registry.register(
                "x", SchemaBuilder.record("Foreign").fields().requiredInt("a").endRecord());
        assertThatThrownBy(() -> codec.decode(new byte[] {0, 0, 0, 0, (byte) foreign, 2}))
                .isInstanceOf(BadRecordException.class)
                .hasMessageContaining("Foreign");
    }

    @Test
    void aStringThatClaimsToBeHugeCostsNoMemory() {
        // Given a token event whose conversation id says that it is 1.5 GB long
        byte[] bytes = codec.encode(Topic.TOKENS, Events.everyKind().getFirst());
        byte[] length = {(byte) 0x80, (byte) 0xbc, (byte) 0xc1, (byte) 0x96, 0x0b};
        System.arraycopy(length, 0, bytes, 6, length.length);
        long before = usedMemory();

        // When
        assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(BadRecordException.class);

        // Then
        assertThat(usedMemory() - before).isLessThan(500_000_000L);
    }

    private static long usedMemory() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void mangledBytesNeverThrowAnythingElse() {
        long seed = System.nanoTime();
        System.out.println("TapeCodecTest.mangledBytes seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> valid = Events.everyKind().stream()
                .map(event -> codec.encode(Topic.JOURNAL, event))
                .toList();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = valid.get(random.nextInt(valid.size())).clone();
            bytes = Arrays.copyOf(bytes, 5 + random.nextInt(bytes.length - 4));
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                codec.decode(bytes);
            } catch (BadRecordException _) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
