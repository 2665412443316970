package dev.tokentape.gateway.tape.read;

import static dev.tokentape.gateway.tape.read.Events.event;
import static dev.tokentape.gateway.tape.read.FakeGateway.CONVERSATION;
import static dev.tokentape.gateway.tape.read.FakeGateway.drain;
import static dev.tokentape.gateway.tape.read.FakeGateway.over;
import static dev.tokentape.gateway.tape.read.Shown.names;
import static dev.tokentape.gateway.tape.read.Shown.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.HistorySource;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.gateway.tape.cursor.Cursor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Cursors that are honoured: whoever comes with one gets exactly what follows it. */
class ResumeTest {

    private static final TapeConfig TINY = TapeConfig.DEFAULTS.withSegmentBytes(1);
    private static final int LENGTH = 12;

    private final FakeLog log = new FakeLog();

    private void write(String response, int from, int to) {
        log.write(response, from, to, LENGTH);
    }

    private static ReadRequest.Start beginning() {
        return new ReadRequest.Start.Beginning();
    }

    private static ReadRequest.Start now() {
        return new ReadRequest.Start.Now();
    }

    @Test
    void freshGatewayThatJoinsInsideARepeatHonoursACursorOfTheFirstOccurrence() {
        // Given: r 0..5, then a crash that repeats from 2; the fresh gateway starts at the repeat of 3
        write("r", 0, 6);
        FakeGateway old = over(log, 0).feedAll();
        Reader reader = old.read(beginning());
        drain(reader);
        write("r", 2, LENGTH);
        old.feed(1);
        drain(reader);
        FakeGateway fresh = over(log, 7).feedAll();

        // When
        List<Frame> rest = drain(fresh.after(reader.cursor()));

        // Then
        assertThat(names(rest)).isEqualTo(range("r", 6, LENGTH));
    }

    @Test
    void cursorFromAFreshGatewayInsideARepeatIsHonouredByAnOldOne() {
        // Given
        write("r", 0, 6);
        write("r", 2, LENGTH);
        FakeGateway fresh = over(log, 6).feed(2);
        List<Frame> read = drain(fresh.read(beginning()));
        assertThat(names(read)).isEqualTo(range("r", 2, 4));
        FakeGateway old = over(log, 0).feedAll();

        // When
        List<Frame> rest = drain(old.after(read.getLast().cursor()));

        // Then
        assertThat(names(rest)).isEqualTo(range("r", 4, LENGTH));
    }

    @Test
    void lostRecordBeforeTheWarmUpStartIsReadFromTheRewindAfterIt() {
        // Given: 3 is lost, 4 and 5 follow, the fresh gateway starts at 5, then the rewind from 2
        write("r", 0, 3);
        write("r", 4, 6);
        FakeGateway old = over(log, 0).feed(4);
        Reader reader = old.read(beginning());
        assertThat(names(drain(reader))).isEqualTo(range("r", 0, 3));
        String cursor = reader.cursor();
        write("r", 2, LENGTH);
        FakeGateway fresh = over(log, 4).feedAll();

        // When
        List<Frame> rest = drain(fresh.after(cursor));

        // Then
        assertThat(names(rest)).isEqualTo(range("r", 3, LENGTH));
    }

    @Test
    void endedAnswerThatIsRepeatedIsNotShownAgainAfterAResume() {
        // Given
        write("q", 0, LENGTH);
        write("r", 0, 3);
        FakeGateway first = over(log, 0).feedAll();
        String cursor = drain(first.read(beginning())).getLast().cursor();
        write("q", 5, LENGTH);
        write("r", 0, 6);

        // When
        List<Frame> rest = drain(over(log, LENGTH + 2).feedAll().after(cursor));

        // Then
        assertThat(names(rest)).isEqualTo(range("r", 3, 6));
    }

    @Test
    void resumingFromEveryEventGivesExactlyTheRest() {
        // Given
        write("r", 0, LENGTH);
        FakeGateway ample = over(log, 0).feedAll();
        FakeGateway tiny = over(log, 0, TINY).feedAll();
        List<Frame> all = drain(ample.read(beginning()));

        for (int i = 0; i < LENGTH; i++) {
            // When
            List<Frame> fromSegment = drain(ample.after(all.get(i).cursor()));
            List<Frame> fromLog = drain(tiny.after(all.get(i).cursor()));

            // Then
            assertThat(names(fromSegment)).isEqualTo(range("r", i + 1, LENGTH));
            assertThat(names(fromLog)).isEqualTo(range("r", i + 1, LENGTH));
        }
        assertThat(names(drain(tiny.read("r", beginning())))).isEqualTo(range("r", 0, LENGTH));
    }

    @Test
    void allWhoWaitShareOnePass() {
        // Given
        write("r", 0, LENGTH);
        FakeGateway.Later passes = new FakeGateway.Later();
        FakeGateway gateway = new FakeGateway(log, 0, TINY, HistorySource.NONE, passes).feedAll();
        List<Frame> all = drain(over(log, 0).feedAll().read(beginning()));
        List<Reader> readers = IntStream.range(0, 1_000)
                .mapToObj(i -> gateway.after(all.get(i % 10).cursor()))
                .toList();
        assertThat(readers).allMatch(reader -> reader.next() == null);

        // When
        passes.run();

        // Then
        for (int i = 0; i < readers.size(); i++) {
            assertThat(names(drain(readers.get(i)))).isEqualTo(range("r", i % 10 + 1, LENGTH));
        }
        assertThat(log.seeks()).isEqualTo(1);
    }

    @Test
    void cursorAheadOfThisGatewayButNotOfTheLogIsWaitedFor() {
        // Given
        write("r", 0, 8);
        List<Frame> all = drain(over(log, 0).feedAll().read(beginning()));
        FakeGateway behind = over(log, 0).feed(3);
        Reader reader = behind.after(all.get(5).cursor());
        assertThat(reader.next()).isNull();

        // When
        behind.feedAll();

        // Then
        assertThat(names(drain(reader))).isEqualTo(range("r", 6, 8));
    }

    @Test
    void cursorMovesWithThePartitionThoughTheConversationIsQuiet() {
        // Given
        write("r", 0, 5);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read(now());
        String before = reader.cursor();

        // When
        for (int i = 0; i < 20; i++) {
            log.write(event("other", "o", i, 99));
        }
        gateway.feedAll();
        String after = reader.cursor();

        // Then
        assertThat(Cursor.parse(after).offset() - Cursor.parse(before).offset()).isEqualTo(20);
        write("r", 5, 8);
        assertThat(names(drain(over(log, 20).feedAll().after(after)))).isEqualTo(range("r", 5, 8));
    }

    @Test
    void cursorOfAConversationGivesWhatIsYetToCome() {
        // Given
        FakeGateway gateway = over(log, 0);
        String unborn = gateway.tape().cursorOf(CONVERSATION);
        write("r", 0, 5);
        gateway.feedAll();
        String cursor = gateway.tape().cursorOf(CONVERSATION);
        write("r", 5, 8);
        gateway.feedAll();

        // When, Then
        assertThat(names(drain(gateway.after(unborn)))).isEqualTo(range("r", 0, 8));
        assertThat(names(drain(gateway.after(cursor)))).isEqualTo(range("r", 5, 8));
    }
}
