package dev.tokentape.gateway.tape.read;

import static dev.tokentape.gateway.tape.read.Events.answer;
import static dev.tokentape.gateway.tape.read.Events.event;
import static dev.tokentape.gateway.tape.read.FakeGateway.CONVERSATION;
import static dev.tokentape.gateway.tape.read.FakeGateway.drain;
import static dev.tokentape.gateway.tape.read.FakeGateway.over;
import static dev.tokentape.gateway.tape.read.Shown.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway shows of a conversation that was deleted. */
class DeletedConversationTest {

    private static final int LENGTH = 6;
    private static final List<String> AFTERWARDS = List.of("d:0", "new:0", "new:1", "new:2", "new:3", "new:4", "new:5");

    private final FakeLog log = new FakeLog();

    private void write(List<TokenEvent> events) {
        events.forEach(log::write);
    }

    private void delete() {
        log.write(new TokenEvent.ConversationDeleted(Envelope.ofSystem(CONVERSATION, "d", 0, Events.START_MICROS)));
    }

    /** One answer, the delete, another answer. */
    private FakeGateway deleted(TapeConfig config) {
        write(answer(CONVERSATION, "old", LENGTH));
        delete();
        write(answer(CONVERSATION, "new", LENGTH));
        return over(log, 0, config).feedAll();
    }

    private String cursorBeforeTheDelete() {
        FakeLog same = new FakeLog();
        answer(CONVERSATION, "old", LENGTH).forEach(same::write);
        return drain(over(same, 0).feedAll().read(new ReadRequest.Start.Beginning()), 3)
                .getLast()
                .cursor();
    }

    @Test
    void whoReadsLiveSeesEverythingUpToTheDeleteAndBeyond() {
        // Given
        FakeGateway gateway = over(log, 0);
        Reader reader = gateway.read(new ReadRequest.Start.Now());

        // When
        write(answer(CONVERSATION, "old", 2));
        delete();
        log.write(event(CONVERSATION, "new", 0, LENGTH));
        gateway.feedAll();

        // Then
        assertThat(names(drain(reader))).containsExactly("old:0", "old:1", "d:0", "new:0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoComesFromTheStartBeginsWithTheDelete(boolean evicted) {
        // Given a gateway that still has it in memory, or no longer
        FakeGateway gateway = deleted(evicted ? TapeConfig.DEFAULTS.withSegmentBytes(1) : TapeConfig.DEFAULTS);

        // When
        Reader reader = gateway.read(new ReadRequest.Start.Beginning());

        // Then
        assertThat(names(drain(reader))).isEqualTo(AFTERWARDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCursorFromBeforeIsToldOfTheDeleteAndReadsOnBehindIt(boolean evicted) {
        // Given
        String cursor = cursorBeforeTheDelete();
        FakeGateway gateway = deleted(evicted ? TapeConfig.DEFAULTS.withSegmentBytes(1) : TapeConfig.DEFAULTS);

        // When
        Reader reader = gateway.after(cursor);

        // Then no event of before is shown again
        assertThat(names(drain(reader))).isEqualTo(AFTERWARDS);
    }

    @Test
    void whoWasReadingTheDeletedAnswerIsToldAndDone() {
        // Given
        String cursor = cursorBeforeTheDelete();
        FakeGateway gateway = deleted(TapeConfig.DEFAULTS);

        // When
        Reader reader = gateway.read("old", new ReadRequest.Start.After(cursor));

        // Then
        assertThat(names(drain(reader))).containsExactly("d:0");
        assertThat(reader.ended()).isTrue();
    }

    @Test
    void anAnswerBegunAfterTheDeleteIsReadFromACursorBeforeIt() {
        // Given a question that was asked before the delete took place, and came in behind it
        String cursor = cursorBeforeTheDelete();
        FakeGateway gateway = deleted(TapeConfig.DEFAULTS);

        // When
        Reader reader = gateway.read("new", new ReadRequest.Start.After(cursor));

        // Then
        assertThat(names(drain(reader))).isEqualTo(AFTERWARDS.subList(1, AFTERWARDS.size()));
        assertThat(reader.ended()).isTrue();
    }

    @Test
    void nothingOfBeforeIsKnownAnyMore() {
        // When
        FakeGateway gateway = deleted(TapeConfig.DEFAULTS);

        // Then
        assertThat(gateway.tape().response(CONVERSATION, "old")).isEmpty();
        assertThat(gateway.tape().response(CONVERSATION, "d")).isEmpty();
        assertThat(gateway.tape().response(CONVERSATION, "new")).isPresent();
        assertThat(gateway.tape().open(CONVERSATION)).isEmpty();
        assertThat(gateway.tape().deletedSince(CONVERSATION, cursorBeforeTheDelete()))
                .isTrue();
        assertThat(gateway.tape().deletedSince(CONVERSATION, gateway.tape().cursorOf(CONVERSATION)))
                .isFalse();
    }

    @Test
    void aRepeatedStretchDeletesNothingNew() {
        // Given a processor that crashed behind the delete, and says the stretch again
        FakeGateway gateway = deleted(TapeConfig.DEFAULTS);
        Reader reader = gateway.read(new ReadRequest.Start.Now());
        delete();

        // When
        gateway.feedAll();

        // Then
        assertThat(drain(reader)).isEmpty();
        assertThat(gateway.tape().response(CONVERSATION, "new")).isPresent();
    }
}
