package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecodedBodyTest {

    private static final Envelope MESSAGE = Envelope.ofSystem("c", "r", 1, 1);

    private static final List<TokenEvent> ANSWER = List.of(
            new TokenEvent.MessageStart(MESSAGE, "assistant", null, null, null, null),
            new TokenEvent.BlockStart(MESSAGE.withBlock(0, 0), BlockType.TEXT, null, null, null, null, null),
            new TokenEvent.BlockDelta(MESSAGE.withBlock(0, 0), DeltaType.TEXT, "Yes", null),
            new TokenEvent.BlockStop(MESSAGE.withBlock(0, 0)),
            new TokenEvent.BlockStart(MESSAGE.withBlock(0, 1), BlockType.TOOL_USE, "t1", "search", null, null, null),
            new TokenEvent.BlockDelta(MESSAGE.withBlock(0, 1), DeltaType.INPUT_JSON, "{\"q\":1}", null),
            new TokenEvent.BlockStop(MESSAGE.withBlock(0, 1)),
            new TokenEvent.MessageStop(MESSAGE, StopReason.TOOL_USE, "tool_calls", null, null, null));

    @Test
    void saysWhatTheBodySaysAndNullForTheRest() throws IOException {
        // When
        JsonNode result = new DecodedBody("a.sse", ANSWER).json(false);

        // Then
        assertThat(result.toString())
                .isEqualTo("{\"file\":\"a.sse\",\"text\":\"Yes\",\"thinking\":\"\","
                        + "\"tool_calls\":[{\"tool_call_id\":\"t1\",\"id\":\"t1\",\"name\":\"search\","
                        + "\"arguments\":{\"q\":1}}],\"stop_reason\":\"TOOL_USE\",\"raw_stop_reason\":\"tool_calls\","
                        + "\"usage\":null,\"error\":null,\"terminal\":\"message_stop\"}");
    }

    @Test
    void aBodyThatBreaksOffHasNoEnd() throws IOException {
        // When
        DecodedBody broken = new DecodedBody("a.sse", ANSWER.subList(0, 3));

        // Then
        assertThat(broken.ended()).isFalse();
        assertThat(broken.json(false).get("terminal").isNull()).isTrue();
        assertThat(broken.json(false).get("text").asText()).isEqualTo("Yes");
    }

    @Test
    void theEventsAreAddedWhereWanted() throws IOException {
        // When
        JsonNode result = new DecodedBody("a.sse", ANSWER).json(true);

        // Then
        assertThat(result.get("events")).hasSize(ANSWER.size());
        assertThat(result.at("/events/2/delta/text").asText()).isEqualTo("Yes");
    }
}
