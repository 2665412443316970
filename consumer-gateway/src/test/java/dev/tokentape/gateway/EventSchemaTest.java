package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.AttemptReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import dev.tokentape.schemas.json.ResponseJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventSchemaTest {

    private static final String RESPONSE = "0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11";
    private static final Usage FULL = new Usage(10L, 20L, 3L, 4L, 5L, true);
    private static final Usage BARE = Usage.newBuilder().setComplete(false).build();
    private static final ErrorInfo ERROR = new ErrorInfo(ErrorPhase.MID_STREAM, "overloaded_error", "Busy.", 529, true);
    private static final Verdict VERDICT = new Verdict("redact", "r1", "pii", "v7", "a phone number");

    private static Envelope of(int block) {
        return FakeTape.envelope("talk", RESPONSE, 3, block);
    }

    private static Envelope otherChoice() {
        return of(Envelope.NONE).withBlock(1, 2);
    }

    private static final Envelope SYSTEM = Envelope.ofSystem("talk", RESPONSE, 0, 1_000_000);

    static Stream<TokenEvent> released() {
        return Stream.of(
                new TokenEvent.UserMessage(SYSTEM, "user", "Hello?"),
                new TokenEvent.UserMessage(of(Envelope.NONE), "tool", ""),
                new TokenEvent.UserMessage(of(Envelope.NONE), "tool", "12 degrees", "call_1"),
                new TokenEvent.MessageStart(of(Envelope.NONE), "assistant", null, null, null, null),
                new TokenEvent.MessageStart(of(Envelope.NONE), "assistant", "m1", "gpt", FULL, "{\"a\": [1]}"),
                new TokenEvent.BlockStart(of(0), BlockType.TEXT, null, null, null, null, null),
                new TokenEvent.BlockStart(otherChoice(), BlockType.TOOL_USE, "t1", "look", "image/png", "x", "{}"),
                new TokenEvent.BlockDelta(of(0), DeltaType.TEXT, "Hi", null),
                new TokenEvent.BlockDelta(otherChoice(), DeltaType.INPUT_JSON, "{\"", "{\"b\":null}"),
                new TokenEvent.BlockStop(of(0)),
                new TokenEvent.MessageDelta(of(Envelope.NONE), null, null, null, BARE, null),
                new TokenEvent.MessageDelta(of(Envelope.NONE), StopReason.MAX_TOKENS, "length", "END", FULL, "{}"),
                new TokenEvent.MessageStop(of(Envelope.NONE), StopReason.END_TURN, "stop", "x", FULL, "{}"),
                new TokenEvent.MessageStop(of(Envelope.NONE), StopReason.OTHER, null, null, null, null),
                new TokenEvent.Failed(of(Envelope.NONE), ERROR, FULL),
                new TokenEvent.Failed(
                        SYSTEM, new ErrorInfo(ErrorPhase.QUEUE, "no_producer", "Nobody took it.", null, false), null),
                new TokenEvent.Cancelled(of(Envelope.NONE), "client_request", "yes", BARE),
                new TokenEvent.Cancelled(of(Envelope.NONE), "blocked", "unknown", null, true),
                new TokenEvent.MessageStart(of(Envelope.NONE), "assistant", null, null, null, null)
                        .because(AttemptReason.REGENERATED, VERDICT),
                new TokenEvent.Moderated(of(0), VERDICT),
                new TokenEvent.Moderated(SYSTEM, new Verdict("block", "r", "c", null, null)),
                new TokenEvent.ConversationDeleted(SYSTEM));
    }

    @ParameterizedTest
    @MethodSource("released")
    void everyReleasedEventFitsTheSchema(TokenEvent event) throws IOException {
        // When it is written as clients get it
        JsonNode frame = TestGateway.JSON.readTree(FakeTape.json("c1", event));

        // Then the one schema knows it
        assertThat(Documents.faultsOfEvent(frame)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(BlockType.class)
    void everyTypeOfBlockFitsTheSchema(BlockType type) throws IOException {
        // When a block of the type begins
        JsonNode frame = TestGateway.JSON.readTree(
                FakeTape.json("c1", new TokenEvent.BlockStart(of(0), type, null, null, null, null, null)));

        // Then the schema knows it
        assertThat(Documents.faultsOfEvent(frame)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(DeltaType.class)
    void everyTypeOfDeltaFitsTheSchema(DeltaType type) throws IOException {
        // When such a delta comes
        JsonNode frame =
                TestGateway.JSON.readTree(FakeTape.json("c1", new TokenEvent.BlockDelta(of(0), type, "x", null)));

        // Then the schema knows it
        assertThat(Documents.faultsOfEvent(frame)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(StopReason.class)
    void everyStopReasonFitsTheSchema(StopReason reason) throws IOException {
        // When a message stops for it
        JsonNode frame = TestGateway.JSON.readTree(
                FakeTape.json("c1", new TokenEvent.MessageStop(of(Envelope.NONE), reason, null, null, null, null)));

        // Then the schema knows it
        assertThat(Documents.faultsOfEvent(frame)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ErrorPhase.class)
    void everyErrorPhaseFitsTheSchema(ErrorPhase phase) throws IOException {
        // When an answer fails in it
        ErrorInfo error = new ErrorInfo(phase, "code", "What happened.", null, false);
        JsonNode frame =
                TestGateway.JSON.readTree(FakeTape.json("c1", new TokenEvent.Failed(of(Envelope.NONE), error, null)));

        // Then the schema knows it
        assertThat(Documents.faultsOfEvent(frame)).isEmpty();
    }

    @Test
    void everyTypeThatClientsGetIsAmongTheExamples() {
        // Given the types that the schema knows
        Set<String> described = new TreeSet<>();
        released().map(EventJson::typeOf).forEach(described::add);

        // When those of the journal are left out
        List<String> all = Stream.of(TokenEvent.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .filter(name -> !Set.of("Taken", "Heartbeat", "AttemptLost", "VerdictReached", "Wake")
                        .contains(name))
                .toList();

        // Then the examples cover the rest
        assertThat(described).hasSize(all.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gap", "snapshot"})
    void whatOnlyGatewaysSayFitsTheSchema(String type) throws IOException {
        // Given an answer with all that can be in one
        ResponseAssembler assembler = new ResponseAssembler("talk", RESPONSE);
        released().filter(event -> !event.isTerminal()).forEach(assembler::accept);
        assembler.accept(new TokenEvent.Failed(of(Envelope.NONE), ERROR, FULL));
        Message prompt = Message.newBuilder()
                .setRole("user")
                .setParts(List.of(
                        Part.newBuilder()
                                .setType(PartType.TEXT)
                                .setText("Hello?")
                                .build(),
                        Part.newBuilder()
                                .setType(PartType.TOOL_RESULT)
                                .setToolCallId("t")
                                .setIsError(true)
                                .build()))
                .build();
        assembler.prompt(List.of(prompt));
        Response response = Response.newBuilder(assembler.toResponse())
                .setEndedAt(java.time.Instant.ofEpochSecond(5))
                .setRetryOf(RESPONSE)
                .build();

        // When it stands in such a frame
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", "c1");
            json.writeStringField("type", type);
            json.writeStringField("conversation_id", "talk");
            if (type.equals("gap")) {
                json.writeStringField("reason", "cursor_too_old");
            }
            json.writeArrayFieldStart("responses");
            ResponseJson.write(json, response);
            ResponseJson.write(json, new ResponseAssembler("talk", RESPONSE).toResponse());
            json.writeEndArray();
            json.writeEndObject();
        }

        // Then the schema knows it, also when a later gateway adds to an answer and to what is in it
        ObjectNode frame = (ObjectNode) TestGateway.JSON.readTree(out.toByteArray());
        assertThat(Documents.faultsOfEvent(frame)).isEmpty();
        for (JsonNode answer : frame.path("responses")) {
            ((ObjectNode) answer).put("added_later", 1);
            for (String list : List.of("blocks", "tool_calls", "prompt", "verdicts")) {
                answer.path(list).forEach(each -> ((ObjectNode) each).put("added_later", 1));
            }
            answer.path("prompt")
                    .forEach(message ->
                            message.path("content").forEach(part -> ((ObjectNode) part).put("added_later", 1)));
        }
        assertThat(Documents.faultsToAClient(frame)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("released")
    void anEventWithFieldsThatWereAddedFitsForClientsAndIsNoneOfOurs(TokenEvent event) throws IOException {
        // Given an event of a later gateway, with one field more in every object that has declared ones
        ObjectNode later = (ObjectNode) TestGateway.JSON.readTree(FakeTape.json("c1", event));
        for (String part : List.of("delta", "block", "usage", "error", "verdict")) {
            if (later.path(part) instanceof ObjectNode object) {
                object.put("added_later", 1);
            }
        }
        later.put("added_later", TestGateway.JSON.createObjectNode().put("x", 1).toString());

        // When a client checks it, and when we do
        List<String> toAClient = Documents.faultsToAClient(later);
        List<String> toUs = Documents.faultsOfEvent(later);

        // Then the schema keeps its word that fields may be added, and we send none that is not declared
        assertThat(toAClient).isEmpty();
        assertThat(toUs).isNotEmpty();
    }

    @Test
    void theSchemaOfEventsForbidsNoFieldAnywhere() {
        // When the schema is searched for what says that nothing may be added
        // Then nothing does
        assertThat(Documents.EVENT.findValues("additionalProperties"))
                .noneMatch(closed -> closed.isBoolean() && !closed.booleanValue());
        assertThat(Documents.EVENT.findValues("unevaluatedProperties")).isEmpty();
    }

    @Test
    void whatIsNoEventDoesNotFit() throws IOException {
        // Given frames that are damaged, each in another way
        ObjectNode good = (ObjectNode) TestGateway.JSON.readTree(
                FakeTape.json("c1", new TokenEvent.BlockDelta(of(0), DeltaType.TEXT, "Hi", null)));
        List<JsonNode> damaged = new ArrayList<>();
        for (String field : List.of("id", "type", "conversation_id", "sequence", "delta", "block_index")) {
            damaged.add(good.deepCopy().without(field));
        }
        damaged.add(good.deepCopy().put("type", "heartbeat"));
        damaged.add(good.deepCopy().put("surprise", 1));

        // When they are checked, then none passes
        assertThat(damaged)
                .allSatisfy(frame -> assertThat(Documents.faultsOfEvent(frame)).isNotEmpty());
    }
}
