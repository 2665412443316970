package dev.tokentape.gateway.tape.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers of history and of memory together: in the order in which the tape has their questions. */
class AssembledStateTest {

    private static FinishedAnswer turn(String id, int padding) {
        String json = "{\"response_id\":\"%s\",\"p\":\"%s\"}".formatted(id, "x".repeat(padding));
        return new FinishedAnswer(id, 3, json.getBytes(UTF_8));
    }

    /** An answer that runs; all were asked for at the same time, as far as clocks can tell. */
    private static Response view(String id) {
        ResponseAssembler assembler = new ResponseAssembler("talk", id);
        assembler.accept(new TokenEvent.UserMessage(Envelope.ofSystem("talk", id, 0, 1), "user", "hello"));
        return assembler.toResponse();
    }

    private static List<String> ids(AssembledState state) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartArray();
            for (EventEncoder.Fields answer : state.answers()) {
                answer.write(json);
            }
            json.writeEndArray();
        }
        return Pattern.compile("\"response_id\":\"([^\"]+)\"")
                .matcher(text.toString())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static List<String> told(
            List<FinishedAnswer> turns, List<Response> views, List<String> asked, @Nullable String responseId)
            throws IOException {
        return ids(AssembledState.of(turns, views, asked, responseId));
    }

    @Test
    void anAnswerThatRunsStandsWhereItsQuestionDoes() throws IOException {
        // Given two that ended, and one that was asked for between them, one before, and one behind
        List<FinishedAnswer> turns = List.of(turn("old", 0), turn("two", 0), turn("four", 0));
        List<Response> views = List.of(view("one"), view("three"), view("five"));

        // When
        List<String> told = told(turns, views, List.of("one", "two", "three", "four", "five"), null);

        // Then what history alone knows is the oldest
        assertThat(told).containsExactly("old", "one", "two", "three", "four", "five");
    }

    @Test
    void oneThatHasEndedMeanwhileIsToldOnceAndAsHistoryHasIt() throws IOException {
        assertThat(told(List.of(turn("one", 0)), List.of(view("one")), List.of("one"), null))
                .containsExactly("one");
    }

    @Test
    void oneAloneIsToldAlone() throws IOException {
        // Given
        List<FinishedAnswer> turns = List.of(turn("one", 0), turn("two", 0));
        List<Response> views = List.of(view("three"));
        List<String> asked = List.of("one", "three", "two");

        // When, Then
        assertThat(told(turns, views, asked, "two")).containsExactly("two");
        assertThat(told(turns, views, asked, "three")).containsExactly("three");
    }

    @Test
    void theOldestAreLeftOutWhereThereIsNoRoomAndWhatRunsIsNot() throws IOException {
        // Given
        int half = AssembledState.MOST_BYTES / 2;
        List<FinishedAnswer> turns = List.of(turn("one", half), turn("three", half), turn("four", 10));

        // When
        AssembledState state =
                AssembledState.of(turns, List.of(view("two")), List.of("one", "two", "three", "four"), null);

        // Then
        assertThat(ids(state)).containsExactly("two", "three", "four");
        assertThat(state.omitted()).isEqualTo(1);
    }
}
