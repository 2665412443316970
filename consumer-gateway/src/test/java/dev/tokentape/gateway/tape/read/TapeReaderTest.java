package dev.tokentape.gateway.tape.read;

import static dev.tokentape.gateway.tape.read.FakeGateway.CONVERSATION;
import static dev.tokentape.gateway.tape.read.FakeGateway.drain;
import static dev.tokentape.gateway.tape.read.FakeGateway.over;
import static dev.tokentape.gateway.tape.read.Shown.names;
import static dev.tokentape.gateway.tape.read.Shown.range;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TapeReaderTest {

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
