package dev.tokentape.gateway.tape;

import static dev.tokentape.gateway.tape.Events.answer;
import static dev.tokentape.gateway.tape.Events.event;
import static dev.tokentape.gateway.tape.FakeGateway.CONVERSATION;
import static dev.tokentape.gateway.tape.FakeGateway.drain;
import static dev.tokentape.gateway.tape.FakeGateway.over;
import static dev.tokentape.gateway.tape.Shown.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TapeReaderTest {

    private static final TapeConfig TINY = TapeConfig.DEFAULTS.withSegmentBytes(1);
    private static final int LENGTH = 12;

    private final FakeLog log = new FakeLog();

    private void write(String response, int from, int to) {
        for (int sequence = from; sequence < to; sequence++) {
            log.write(event(CONVERSATION, response, sequence, LENGTH));
        }
    }

    private static List<String> range(String response, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> response + ":" + i).toList();
    }

    private static ReadRequest.Start beginning() {
        return new ReadRequest.Start.Beginning();
    }

    private static ReadRequest.Start now() {
        return new ReadRequest.Start.Now();
    }

    @Test
    void readerFromNowSeesOnlyWhatComesAfterItCame() {
        // Given
        write("r", 0, 5);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read(now());
        write("r", 5, 8);

        // When
        gateway.feedAll();

        // Then
        assertThat(names(drain(reader))).isEqualTo(range("r", 5, 8));
    }

    @Test
    void responseIsReadFromItsFirstEventToItsEnd() {
        // Given
        write("q", 0, 3);
        write("r", 0, 5);
        write("q", 3, 6);
        write("r", 5, LENGTH);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read("r", beginning());

        // When
        List<Frame> read = drain(reader);

        // Then
        assertThat(names(read)).isEqualTo(range("r", 0, LENGTH));
        assertThat(read.getLast().terminal()).isTrue();
        assertThat(reader.ended()).isTrue();
        assertThat(gateway.read("r", new ReadRequest.Start.After(read.getLast().cursor()))
                        .ended())
                .isTrue();
        assertThat(gateway.read("r", now()).ended()).isTrue();
    }

    @Test
    void responseThatHasNotAppearedIsReadFromTheMomentOfAsking() {
        // Given
        FakeGateway gateway = over(log, 0);
        Reader reader = gateway.read("r", beginning());
        assertThat(reader.next()).isNull();

        // When
        write("r", 0, LENGTH);
        gateway.feedAll();

        // Then
        assertThat(names(drain(reader))).isEqualTo(range("r", 0, LENGTH));
    }

    @Test
    void restingReaderIsWokenOnceForManyEvents() {
        // Given
        FakeGateway gateway = over(log, 0);
        AtomicInteger woken = new AtomicInteger();
        Reader reader = gateway.tape().read(new ReadRequest(CONVERSATION, null, now()), woken::incrementAndGet);
        write("r", 0, 4);
        gateway.feedAll();
        assertThat(woken).as("it has not looked yet").hasValue(0);
        drain(reader);

        // When
        write("r", 4, 8);
        gateway.feed(2).feed(2);

        // Then
        assertThat(woken).hasValue(1);
        assertThat(drain(reader)).hasSize(4);
    }

    @Test
    void closedReaderIsNotWoken() {
        // Given
        FakeGateway gateway = over(log, 0);
        AtomicInteger woken = new AtomicInteger();
        Reader reader = gateway.tape().read(new ReadRequest(CONVERSATION, null, now()), woken::incrementAndGet);
        reader.next();
        reader.close();

        // When
        write("r", 0, 4);
        gateway.feedAll();

        // Then
        assertThat(woken).hasValue(0);
        assertThat(reader.next()).isNull();
    }

    @Test
    void repeatsAreDroppedAndAMissingEventIsWaitedFor() {
        // Given
        write("r", 0, 3);
        write("r", 4, 6);
        write("r", 2, LENGTH);
        FakeGateway gateway = over(log, 0);
        Reader reader = gateway.read(now());

        // When
        List<Frame> before = drain(readAfterFeeding(gateway, reader, 5));
        List<Frame> after = drain(readAfterFeeding(gateway, reader, 100));

        // Then
        assertThat(names(before)).isEqualTo(range("r", 0, 3));
        assertThat(names(after)).isEqualTo(range("r", 3, LENGTH));
    }

    private static Reader readAfterFeeding(FakeGateway gateway, Reader reader, int records) {
        gateway.feed(records);
        return reader;
    }

    @Test
    void repairThatDoesNotComeIsAGapWithWhatIsKnown() {
        // Given
        write("r", 0, 3);
        write("r", 4, 6);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read(beginning());
        assertThat(names(drain(reader))).isEqualTo(range("r", 0, 3));

        // When
        gateway.pass(gateway.config().repairWait());
        List<Frame> told = drain(reader);
        write("r", 6, 8);
        gateway.feedAll();

        // Then
        assertThat(names(told)).containsExactly("gap:repair_failed");
        JsonNode known = Shown.json(told.getFirst()).get("responses").get(0);
        assertThat(known.get("last_sequence").asLong()).isEqualTo(5);
        assertThat(known.get("text").asText()).isEqualTo("w4 w5 ");
        assertThat(names(drain(reader))).isEqualTo(range("r", 6, 8));
        assertThat(names(drain(gateway.after(told.getFirst().cursor())))).isEqualTo(range("r", 6, 8));
        assertThat(gateway.tape().response(CONVERSATION, "r")).isEmpty();
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
    void readerThatFallsBehindTheSegmentIsServedFromTheLogAndHandedBack() {
        // Given
        FakeGateway gateway = over(log, 0, TINY);
        Reader reader = gateway.read(now());
        write("r", 0, 6);
        gateway.feedAll();
        assertThat(names(drain(reader, 2))).isEqualTo(range("r", 0, 2));

        // When
        write("r", 6, LENGTH);
        gateway.feedAll();

        // Then
        assertThat(names(drain(reader))).isEqualTo(range("r", 2, LENGTH));
        assertThat(reader.next()).isNull();
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

    @Test
    void readersOfALogThatIsCreatedAnewAreToldAndGoOnWithIt() {
        // Given
        write("r", 0, 5);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read(beginning());
        drain(reader);

        // When
        gateway.begin(78, log.end());
        List<Frame> told = drain(reader);
        write("s", 0, 3);
        gateway.feedAll();

        // Then
        assertThat(names(told)).containsExactly("gap:log_recreated");
        assertThat(names(drain(reader))).isEqualTo(range("s", 0, 3));
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

    @Test
    void answersAreAssembledAsFarAsTheyHaveCome() {
        // Given
        write("q", 0, LENGTH);
        write("r", 0, 5);

        // When
        FakeGateway gateway = over(log, 0).feedAll();

        // Then
        assertThat(gateway.tape().open(CONVERSATION))
                .singleElement()
                .satisfies(open -> assertThat(open.getText()).isEqualTo("w3 w4 "));
        assertThat(gateway.tape().response(CONVERSATION, "q"))
                .hasValueSatisfying(whole -> assertThat(whole.getEndedAt()).isNotNull());
        assertThat(gateway.tape().response(CONVERSATION, "none")).isEmpty();
        assertThat(over(log, LENGTH + 2).feedAll().tape().response(CONVERSATION, "r"))
                .as("begun before the window")
                .isEmpty();
    }

    @Test
    void responseThatOnlyHistoryKnowsIsToldAfterAWhile() {
        // Given
        byte[] turn = "{\"response_id\":\"old\",\"text\":\"done\"}".getBytes(StandardCharsets.UTF_8);
        FakeGateway gateway = FakeGateway.withHistory(log, TapeConfig.DEFAULTS, turn);
        Reader reader = gateway.read("old", beginning());
        assertThat(reader.next()).isNull();

        // When
        gateway.pass(Duration.ofNanos(UnknownResponse.WAIT_NANOS));

        // Then
        assertThat(names(drain(reader))).containsExactly("gap:cursor_too_old");
        assertThat(reader.ended()).isTrue();
    }

    @Test
    void recordThatNobodyUnderstandsIsSkippedAndFollowedByAGap() {
        // Given
        write("r", 0, 3);
        log.write(CONVERSATION, new byte[] {9, 9, 9});
        write("r", 4, 6);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read(beginning());

        // When
        List<Frame> before = drain(reader);
        gateway.pass(gateway.config().repairWait());

        // Then
        assertThat(names(before)).isEqualTo(range("r", 0, 3));
        assertThat(names(drain(reader))).containsExactly("gap:repair_failed");
    }
}
