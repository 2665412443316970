package dev.tokentape.processor.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.topic.RecordLimits;
import dev.tokentape.schemas.topic.Topic;
import org.junit.jupiter.api.Test;

/** What comes from outside on its way to the journal, and what does not get there. */
class ForwardTopologyTest extends TopologyScene {

    @Test
    void onlyCancelsAreForwardedFromControl() {
        // Given
        journal(answer.request("hello"));
        ControlCommand cancel = ((JournalEntry.Ordered) answer.cancel("client_request")).command();
        ControlCommand stop = ControlCommand.newBuilder(cancel)
                .setType(ControlType.STOP_RUN)
                .setRunId("run-a")
                .build();

        // When
        pipe(Topic.CONTROL, "c1", codec.encode(Topic.CONTROL, stop));
        pipe(Topic.CONTROL, "c1", codec.encode(Topic.CONTROL, cancel));

        // Then
        assertThat(tapeTypes()).containsExactly("user_message", "cancelled");
        assertThat(read(Topic.JOURNAL)).hasSize(1);
        assertThat(read(Topic.DEAD_LETTERS)).isEmpty();
    }

    @Test
    void aRecordThatNobodyUnderstandsGoesToTheDeadLettersAndTheStreamGoesOn() {
        // Given
        byte[] poison = {1, 2, 3};

        // When
        pipe(Topic.JOURNAL, "c1", poison);
        journal(answer.request("hello"));

        // Then
        assertThat(read(Topic.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isEqualTo(poison);
            assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("t.llm.tokens.raw");
            assertThat(header(letter, DeadLetters.PARTITION)).isEqualTo("0");
            assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("0");
            assertThat(header(letter, DeadLetters.REASON)).contains("wire format");
        });
        assertThat(tapeTypes()).containsExactly("user_message");
        assertThat(registry.get("tokentape.processor.dead.letters").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aRequestUnderAnotherKeyIsADeadLetter() {
        // Given
        byte[] request = codec.encode(Topic.REQUESTS, request(answer.request("hello")));

        // When
        pipe(Topic.REQUESTS, "c2", request);
        pipe(Topic.REQUESTS, null, request);
        pipe(Topic.REQUESTS, "c1", null);

        // Then
        assertThat(read(Topic.DEAD_LETTERS)).hasSize(3);
        assertThat(read(Topic.JOURNAL)).isEmpty();
    }

    @Test
    void aRequestWithAnIdThatIsNoneIsADeadLetter() {
        // Given
        GenerationRequest request = request(new Entries("a/b", "r1").request("hello"));

        // When
        pipe(Topic.REQUESTS, "a/b", codec.encode(Topic.REQUESTS, request));

        // Then
        assertThat(header(read(Topic.DEAD_LETTERS).getFirst(), DeadLetters.REASON))
                .contains("conversation id");
    }

    @Test
    void aRecordTooLargeForTheTapeIsALetterThatSaysWhereItLies() {
        // Given
        byte[] large = new byte[RecordLimits.MAX_VALUE_BYTES + 1];

        // When
        pipe(Topic.JOURNAL, "c1", large);

        // Then
        assertThat(read(Topic.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isNull();
            assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("0");
        });
    }
}
