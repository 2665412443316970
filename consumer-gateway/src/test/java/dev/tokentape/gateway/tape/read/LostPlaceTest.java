package dev.tokentape.gateway.tape.read;

import static dev.tokentape.gateway.tape.read.Events.answer;
import static dev.tokentape.gateway.tape.read.Events.event;
import static dev.tokentape.gateway.tape.read.FakeGateway.CONVERSATION;
import static dev.tokentape.gateway.tape.read.FakeGateway.drain;
import static dev.tokentape.gateway.tape.read.FakeGateway.over;
import static dev.tokentape.gateway.tape.read.Shown.names;
import static dev.tokentape.gateway.tape.read.Shown.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.cursor.Cursor;
import dev.tokentape.gateway.tape.cursor.Expectations;
import dev.tokentape.gateway.tape.cursor.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cursors whose place is gone, never was, or is not to be believed: a gap with what is known, never a silent jump. */
class LostPlaceTest {

    private static final TapeConfig TINY = TapeConfig.DEFAULTS.withSegmentBytes(1);
    private static final int LENGTH = 12;

    private final FakeLog log = new FakeLog();

    private void write(String response, int from, int to) {
        log.write(response, from, to, LENGTH);
    }

    private static ReadRequest.Start beginning() {
        return new ReadRequest.Start.Beginning();
    }

    @Test
    void cursorOlderThanTheWindowIsAGapWithTheStateAndThenLive() {
        // Given
        byte[] turn = "{\"conversation_id\":\"c-1\",\"response_id\":\"old\",\"text\":\"done\",\"last_sequence\":9}"
                .getBytes(StandardCharsets.UTF_8);
        write("old", 0, LENGTH);
        String cursor = drain(over(log, 0).feedAll().read(beginning())).get(3).cursor();
        write("r", 0, 5);
        FakeGateway gateway = FakeGateway.withHistory(log, TapeConfig.DEFAULTS, turn);
        gateway.begin(FakeGateway.EPOCH, LENGTH);
        gateway.feedAll();
        Reader reader = gateway.after(cursor);

        // When
        List<Frame> told = drain(reader);
        write("r", 5, LENGTH);
        gateway.feedAll();

        // Then
        assertThat(names(told)).containsExactly("gap:cursor_too_old");
        JsonNode responses = Shown.json(told.getFirst()).get("responses");
        assertThat(responses).hasSize(2);
        assertThat(responses.get(0).get("text").asText()).isEqualTo("done");
        assertThat(responses.get(1).get("last_sequence").asLong()).isEqualTo(4);
        assertThat(names(drain(reader))).isEqualTo(range("r", 5, LENGTH));
        assertThat(names(drain(gateway.after(told.getFirst().cursor())))).isEqualTo(range("r", 5, LENGTH));
    }

    @Test
    void scanBeyondItsBudgetIsAGap() {
        // Given
        write("r", 0, LENGTH);
        String cursor =
                drain(over(log, 0).feedAll().read(beginning())).getFirst().cursor();
        FakeGateway gateway = over(log, 0, TINY.withScanBytes(1)).feedAll();

        // When
        List<Frame> read = drain(gateway.after(cursor));

        // Then
        assertThat(names(read)).endsWith("gap:cursor_too_old");
    }

    @Test
    void deletedRecordsAreAGap() {
        // Given
        write("r", 0, LENGTH);
        String cursor =
                drain(over(log, 0).feedAll().read(beginning())).getFirst().cursor();
        FakeGateway gateway = over(log, 0, TINY).feedAll();
        log.deleteBefore(5);

        // When
        List<Frame> read = drain(gateway.after(cursor));

        // Then
        assertThat(names(read)).containsExactly("gap:cursor_too_old");
    }

    @Test
    void cursorOfAnotherLogIsAGap() {
        // Given
        write("r", 0, 5);
        FakeGateway gateway = over(log, 0).feedAll();
        String cursor = drain(gateway.read(beginning())).getLast().cursor();
        gateway.begin(78, 0);
        gateway.feedAll();

        // When
        List<Frame> read = drain(gateway.after(cursor));

        // Then
        assertThat(names(read)).containsExactly("gap:log_recreated");
    }

    @ParameterizedTest
    @CsvSource({"RECORD, 78, 0", "PLACE, 78, 0", "RECORD, 78, 11", "PLACE, 78, 11", "RECORD, 77, 11", "PLACE, 77, 11"})
    void cursorOfALogWithOtherPartitionsIsAGapForEveryReader(Cursor.Kind kind, long epoch, int partition) {
        // Given a cursor from before the topic was made anew, or its partitions were changed
        write("r", 0, 5);
        FakeGateway gateway = over(log, 0).feedAll();
        String cursor = new Cursor(
                        kind, epoch, partition, Cursor.conversationHash(CONVERSATION), 2, Expectations.complete())
                .text();
        for (String response : Arrays.asList(null, "r")) {
            Reader reader = gateway.read(response, new ReadRequest.Start.After(cursor));

            // When it is read from, dropped before the gap was told, and read from again
            String kept = reader.cursor();
            List<Frame> read = drain(reader);
            List<Frame> again = drain(gateway.read(response, new ReadRequest.Start.After(kept)));

            // Then
            assertThat(names(read)).containsExactly("gap:log_recreated");
            assertThat(names(again)).containsExactly("gap:log_recreated");
        }
    }

    @Test
    void whoComesFromTheStartLaterThanTheWindowIsToldTheTurnsThatAreStored() {
        // Given a turn that only history knows, one that is at hand, and one that runs
        byte[] old = "{\"response_id\":\"old\",\"last_sequence\":9}".getBytes(StandardCharsets.UTF_8);
        byte[] recent = "{\"response_id\":\"recent\",\"last_sequence\":11}".getBytes(StandardCharsets.UTF_8);
        write("old", 0, LENGTH);
        write("recent", 0, LENGTH);
        write("r", 0, 5);
        FakeGateway gateway = FakeGateway.withHistory(log, TapeConfig.DEFAULTS, old, recent);
        gateway.begin(FakeGateway.EPOCH, LENGTH);
        gateway.feedAll();
        Reader reader = gateway.read(beginning());
        assertThat(reader.atHand()).isFalse();

        // When
        List<Frame> told = drain(reader);
        write("r", 5, LENGTH);
        gateway.feedAll();

        // Then
        assertThat(names(told)).containsExactly("gap:cursor_too_old");
        assertThat(Shown.json(told.getFirst()).findValuesAsText("response_id")).containsExactly("old", "recent", "r");
        assertThat(names(drain(reader))).isEqualTo(range("r", 5, LENGTH));
    }

    @Test
    void whoComesFromTheStartIsShownEventsIfAllTurnsAreAtHand() {
        // Given a gateway that began to read behind another conversation's events
        byte[] turn = "{\"response_id\":\"r\",\"last_sequence\":11}".getBytes(StandardCharsets.UTF_8);
        log.write(event("other", "o", 0, 9));
        write("r", 0, LENGTH);
        FakeGateway gateway = FakeGateway.withHistory(log, TapeConfig.DEFAULTS, turn);
        gateway.begin(FakeGateway.EPOCH, 1);
        gateway.feedAll();

        // When
        List<Frame> read = drain(gateway.read(beginning()));

        // Then
        assertThat(names(read)).isEqualTo(range("r", 0, LENGTH));
    }

    @Test
    void anAnswerThatOnlyHistoryKnowsIsToldToWhoComesWithAnyCursor() {
        // Given a cursor that knows nothing of the answer
        byte[] turn = "{\"response_id\":\"old\",\"last_sequence\":9}".getBytes(StandardCharsets.UTF_8);
        write("r", 0, LENGTH);
        FakeGateway gateway =
                FakeGateway.withHistory(log, TapeConfig.DEFAULTS, turn).feedAll();
        String cursor = gateway.tape().cursorOf(CONVERSATION);
        Reader reader = gateway.read("old", new ReadRequest.Start.After(cursor));
        assertThat(drain(reader)).isEmpty();

        // When it has not come for a while
        gateway.pass(Duration.ofSeconds(2));

        // Then
        assertThat(names(drain(reader))).containsExactly("gap:cursor_too_old");
        assertThat(reader.ended()).isTrue();
    }

    @Test
    void cursorBeyondTheEndOfTheLogIsAGap() {
        // Given
        write("r", 0, 8);
        List<Frame> all = drain(over(log, 0).feedAll().read(beginning()));
        FakeLog shorter = new FakeLog();
        answer(CONVERSATION, "r", LENGTH).subList(0, 4).forEach(shorter::write);
        FakeGateway gateway = over(shorter, 0).feedAll();

        // When
        List<Frame> read = drain(gateway.after(all.getLast().cursor()));

        // Then
        assertThat(names(read)).containsExactly("gap:cursor_ahead");
    }

    @Test
    void cursorThatNamesARecordOfNobodyIsAGap() {
        // Given
        write("r", 0, 4);
        long foreign = log.write(event("other", "o", 0, 9));
        write("r", 4, 8);
        for (TapeConfig config : List.of(TapeConfig.DEFAULTS, TINY)) {
            FakeGateway gateway = over(log, 0, config).feedAll();
            String forged = new Cursor(
                            Cursor.Kind.RECORD,
                            FakeGateway.EPOCH,
                            0,
                            Cursor.conversationHash(CONVERSATION),
                            foreign,
                            Expectations.complete())
                    .text();

            // When
            List<Frame> read = drain(gateway.after(forged));

            // Then
            assertThat(names(read)).containsExactly("gap:log_recreated");
        }
    }

    @Test
    void cursorThatClaimsMoreThanTheAnswerEverHadIsAGapAtItsEnd() {
        // Given
        write("r", 0, 4);
        FakeGateway gateway = over(log, 0).feedAll();
        Expectations claimed = Expectations.complete();
        claimed.jump(Fingerprint.of("r"), 1_000_000, false, 1);
        Reader reader = gateway.after(
                new Cursor(Cursor.Kind.RECORD, FakeGateway.EPOCH, 0, Cursor.conversationHash(CONVERSATION), 3, claimed)
                        .text());

        // When
        write("r", 4, LENGTH);
        gateway.feedAll();

        // Then
        assertThat(names(drain(reader))).containsExactly("gap:log_recreated");
    }

    @Test
    void mangledCursorIsRefusedAtOnce() {
        // Given
        FakeGateway gateway = over(log, 0);

        // When, Then
        assertThatThrownBy(() -> gateway.after("AAAA")).isInstanceOf(InvalidCursorException.class);
    }
}
