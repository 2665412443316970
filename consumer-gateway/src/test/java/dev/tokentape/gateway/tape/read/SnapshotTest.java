package dev.tokentape.gateway.tape.read;

import static dev.tokentape.gateway.tape.read.Events.event;
import static dev.tokentape.gateway.tape.read.FakeGateway.CONVERSATION;
import static dev.tokentape.gateway.tape.read.FakeGateway.drain;
import static dev.tokentape.gateway.tape.read.FakeGateway.over;
import static dev.tokentape.gateway.tape.read.Shown.names;
import static dev.tokentape.gateway.tape.read.Shown.range;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.TapeConfig;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    private static final int LENGTH = 12;
    private static final ReadRequest.Start SNAPSHOT = new ReadRequest.Start.Snapshot();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FakeLog log = new FakeLog();

    private void write(String response, int from, int to) {
        for (int sequence = from; sequence < to; sequence++) {
            log.write(event(CONVERSATION, response, sequence, LENGTH));
        }
    }

    private static JsonNode json(Frame frame) {
        try {
            return JSON.readTree(frame.json());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** {@code response@last_sequence} of all answers that a frame tells. */
    private static List<String> told(Frame frame) {
        return StreamSupport.stream(json(frame).get("responses").spliterator(), false)
                .map(response -> response.get("response_id").asText() + "@"
                        + response.path("last_sequence").asText())
                .toList();
    }

    @Test
    void lateJoinerGetsTheAnswerSoFarInOnePieceAndThenWhatFollows() {
        // Given an answer that runs
        write("r", 0, 6);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read(SNAPSHOT);

        // When it is read, and the answer goes on
        List<Frame> snapshot = drain(reader);
        write("r", 6, LENGTH);
        gateway.feedAll();

        // Then no event stands in both, and none is missing
        assertThat(snapshot).hasSize(1);
        assertThat(json(snapshot.getFirst()).get("type").asText()).isEqualTo("snapshot");
        assertThat(json(snapshot.getFirst()).get("id").asText())
                .isEqualTo(snapshot.getFirst().cursor());
        assertThat(told(snapshot.getFirst())).containsExactly("r@5");
        assertThat(json(snapshot.getFirst()).at("/responses/0/text").asText()).isEqualTo("w3 w4 w5 ");
        assertThat(names(drain(reader))).isEqualTo(range("r", 6, LENGTH));
    }

    @Test
    void onlyTheLastOfSeveralFramesHasACursorAndTheOthersSayThatMoreFollows() {
        // Given a finished answer that only history knows, one in memory, and two that run
        byte[] turn = "{\"response_id\":\"old\",\"last_sequence\":9}".getBytes(StandardCharsets.UTF_8);
        write("done", 0, LENGTH);
        write("a", 0, 5);
        write("b", 0, 4);
        FakeGateway gateway =
                FakeGateway.withHistory(log, TapeConfig.DEFAULTS, turn).feedAll();

        // When
        List<Frame> frames = drain(gateway.read(SNAPSHOT));

        // Then
        assertThat(frames.stream().flatMap(frame -> told(frame).stream()))
                .containsExactly("old@9", "done@" + (LENGTH - 1), "a@4", "b@3");
        assertThat(frames.stream().map(Frame::hasCursor)).containsExactly(false, false, false, true);
        assertThat(frames.stream().map(frame -> json(frame).path("more").asBoolean()))
                .containsExactly(true, true, true, false);
    }

    @Test
    void snapshotsCursorIsGoodAtAnotherGateway() {
        // Given
        write("r", 0, 6);
        String cursor = drain(over(log, 0).feedAll().read(SNAPSHOT)).getLast().cursor();
        write("r", 6, LENGTH);

        // When
        List<Frame> read = drain(over(log, 0).feedAll().after(cursor));

        // Then
        assertThat(names(read)).isEqualTo(range("r", 6, LENGTH));
    }

    @Test
    void whatComesWhileHistoryIsAskedStandsInTheSnapshotOrFollowsIt() {
        // Given history that takes its time
        CompletableFuture<List<byte[]>> history = new CompletableFuture<>();
        FakeGateway gateway = new FakeGateway(log, 0, TapeConfig.DEFAULTS, _ -> history, Runnable::run);
        write("r", 0, 4);
        gateway.feedAll();
        AtomicInteger woken = new AtomicInteger();
        Reader reader = gateway.tape().read(new ReadRequest(CONVERSATION, null, SNAPSHOT), woken::incrementAndGet);
        assertThat(reader.next()).isNull();

        // When the answer goes on, history answers, and the answer goes on
        write("r", 4, 7);
        gateway.feedAll();
        history.complete(List.of());
        List<Frame> snapshot = drain(reader);
        write("r", 7, LENGTH);
        gateway.feedAll();

        // Then
        assertThat(woken).hasPositiveValue();
        assertThat(snapshot.stream().flatMap(frame -> told(frame).stream())).containsExactly("r@6");
        assertThat(names(drain(reader))).isEqualTo(range("r", 7, LENGTH));
    }

    @Test
    void anAnswerThatHistoryKnowsToItsEndIsNotShownAgainWhereTheGatewayIsBehind() {
        // Given the processor, which stores an answer before it publishes its end
        byte[] turn = "{\"response_id\":\"r\",\"last_sequence\":11}".getBytes(StandardCharsets.UTF_8);
        write("r", 0, 6);
        FakeGateway gateway =
                FakeGateway.withHistory(log, TapeConfig.DEFAULTS, turn).feedAll();
        Reader reader = gateway.read(SNAPSHOT);
        List<Frame> snapshot = drain(reader);

        // When the rest comes, and another answer
        write("r", 6, LENGTH);
        write("s", 0, 2);
        gateway.feedAll();

        // Then
        assertThat(told(snapshot.getFirst())).containsExactly("r@11");
        assertThat(names(drain(reader))).isEqualTo(range("s", 0, 2));
    }

    @Test
    void whatWasDeletedWhileHistoryWasAskedIsNotTold() {
        // Given history that is asked before a delete, and answers after it with what it knew then
        CompletableFuture<List<byte[]>> before = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        FakeGateway gateway = new FakeGateway(
                log,
                0,
                TapeConfig.DEFAULTS,
                _ -> asked.getAndIncrement() == 0 ? before : CompletableFuture.completedFuture(List.of()),
                Runnable::run);
        Reader reader = gateway.read(SNAPSHOT);
        assertThat(reader.next()).isNull();
        log.write(new TokenEvent.ConversationDeleted(Envelope.ofSystem(CONVERSATION, "d", 0, Events.START_MICROS)));
        gateway.feedAll();

        // When
        before.complete(List.of("{\"response_id\":\"old\",\"last_sequence\":9}".getBytes(StandardCharsets.UTF_8)));
        List<Frame> frames = drain(reader);

        // Then
        assertThat(frames).hasSize(1);
        assertThat(told(frames.getFirst())).isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void snapshotOfAFinishedAnswerIsAllThatComes() {
        // Given
        write("r", 0, LENGTH);
        FakeGateway gateway = over(log, 0).feedAll();
        Reader reader = gateway.read("r", SNAPSHOT);

        // When
        List<Frame> frames = drain(reader);

        // Then
        assertThat(frames).hasSize(1);
        assertThat(json(frames.getFirst()).at("/responses/0/status").asText()).isEqualTo("completed");
        assertThat(reader.ended()).isTrue();
        assertThat(gateway.read(
                                "r",
                                new ReadRequest.Start.After(frames.getFirst().cursor()))
                        .ended())
                .isTrue();
    }

    @Test
    void snapshotOfOneAnswerTellsNoOther() {
        // Given
        write("q", 0, 5);
        write("r", 0, 5);
        FakeGateway gateway = over(log, 0).feedAll();

        // When
        List<Frame> frames = drain(gateway.read("r", SNAPSHOT));

        // Then
        assertThat(frames.stream().flatMap(frame -> told(frame).stream())).containsExactly("r@4");
    }

    @Test
    void answerThatHasNotBegunIsReadFromItsFirstEvent() {
        // Given
        FakeGateway gateway = over(log, 0);
        Reader reader = gateway.read("r", SNAPSHOT);
        assertThat(reader.next()).isNull();

        // When
        write("r", 0, LENGTH);
        gateway.feedAll();

        // Then
        assertThat(names(drain(reader))).isEqualTo(range("r", 0, LENGTH));
    }

    @Test
    void answerWhoseTextIsTooLargeForMemoryIsReadByItsEventsInstead() {
        // Given answers of which nothing may be held
        FakeGateway gateway = over(
                log,
                0,
                new TapeConfig(
                        1,
                        TapeConfig.DEFAULTS.resumeWindow(),
                        TapeConfig.DEFAULTS.repairWait(),
                        8,
                        0,
                        1 << 20,
                        1 << 30,
                        TapeConfig.DEFAULTS.scanTime(),
                        TapeConfig.DEFAULTS.scanRoom()));
        write("r", 0, 6);
        gateway.feedAll();

        // When
        List<Frame> one = drain(gateway.read("r", SNAPSHOT));
        List<Frame> all = drain(gateway.read(SNAPSHOT));

        // Then the one answer comes from Kafka, and of all it is told that this one is not whole
        assertThat(names(one)).isEqualTo(range("r", 0, 6));
        assertThat(json(all.getLast()).get("incomplete"))
                .isEqualTo(JSON.createArrayNode().add("r"));
    }

    @Test
    void emptyConversationHasAnEmptySnapshotWithACursor() {
        // Given
        FakeGateway gateway = over(log, 0);

        // When
        List<Frame> frames = drain(gateway.read(SNAPSHOT));

        // Then
        assertThat(frames).hasSize(1);
        assertThat(told(frames.getFirst())).isEmpty();
        write("r", 0, 3);
        gateway.feedAll();
        assertThat(names(drain(gateway.after(frames.getFirst().cursor())))).isEqualTo(range("r", 0, 3));
    }
}
