package dev.tokentape.schemas.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.event.Events;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonFormTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aDeltaSaysWhereItBelongsAndWhatItAdds() throws IOException {
        // Given
        TokenEvent delta = Events.everyKind().get(3);

        // When
        JsonNode json = JSON.readTree(write(generator -> {
            generator.writeStartObject();
            EventJson.writeFields(generator, delta, 1_700_000_000_300_000L);
            generator.writeEndObject();
        }));

        // Then
        assertThat(json).isEqualTo(JSON.readTree("""
                {"type":"content_block_delta","conversation_id":"chat-7",
                 "response_id":"0192f0c4-8a31-7000-8000-00000000002a","attempt":2,"sequence":41,
                 "choice_index":1,"block_index":3,
                 "requested_at_us":1700000000000001,"received_at_us":1700000000250002,
                 "published_at_us":1700000000300000,"elapsed_nanos":250001000,
                 "delta":{"type":"text","text":" naïve"}}"""));
    }

    @Test
    void everyKindOfEventIsOneJsonObject() throws IOException {
        for (TokenEvent event : Events.everyKind()) {
            JsonNode json = JSON.readTree(write(generator -> {
                generator.writeStartObject();
                EventJson.writeFields(generator, event, -1);
                generator.writeEndObject();
            }));

            assertThat(json.get("type").textValue()).isEqualTo(EventJson.typeOf(event));
            assertThat(json.has("published_at_us")).isFalse();
        }
    }

    @Test
    void toolArgumentsAreJsonWhereTheyAreJsonAndTextWhereTheyAreNot() throws IOException {
        // Given
        Response response = response(
                List.of(tool("a", "{\"city\":\"Ulm\"}"), tool("b", ""), tool("c", "{\"cut\": [1,"), tool("d", "1 2")));

        // When
        JsonNode calls = JSON.readTree(write(generator -> ResponseJson.write(generator, response)))
                .get("tool_calls");

        // Then
        assertThat(calls.get(0).get("arguments").get("city").textValue()).isEqualTo("Ulm");
        assertThat(calls.get(1).get("arguments").isObject()).isTrue();
        assertThat(calls.get(2).get("arguments").textValue()).isEqualTo("{\"cut\": [1,");
        assertThat(calls.get(3).get("arguments").textValue()).isEqualTo("1 2");
    }

    private static Block tool(String name, String arguments) {
        return Block.newBuilder()
                .setBlockIndex(name.charAt(0) - 'a')
                .setType(BlockType.TOOL_USE)
                .setToolName(name)
                .setText(arguments)
                .build();
    }

    private static Response response(List<Block> blocks) {
        return Response.newBuilder()
                .setConversationId("c")
                .setResponseId("r")
                .setStatus(ResponseStatus.COMPLETED)
                .setAttempt(1)
                .setText("")
                .setBlocks(blocks)
                .setRequestedAt(Instant.EPOCH)
                .setLastSequence(3)
                .build();
    }

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static String write(Writing writing) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writing.to(json);
        }
        return text.toString();
    }
}
