package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.codec.TrustedClasses;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Journal entries for tests, of one conversation and response. */
public final class Entries {

    static {
        TrustedClasses.ensure();
    }

    private final String conversation;
    private final String response;

    public Entries(String conversation, String response) {
        this.conversation = conversation;
        this.response = response;
    }

    public ResponseKey key() {
        return new ResponseKey(conversation, response);
    }

    public JournalEntry request(String prompt) {
        return request(prompt, _ -> {});
    }

    public JournalEntry request(String prompt, Consumer<GenerationRequest.Builder> more) {
        GenerationRequest.Builder request = GenerationRequest.newBuilder()
                .setConversationId(conversation)
                .setResponseId(response)
                .setRequestedAt(Instant.ofEpochSecond(1_000))
                .setProvider("openai")
                .setModel("gpt-test")
                .setMessages(List.of(message("user", prompt)));
        more.accept(request);
        return new JournalEntry.Requested(request.build());
    }

    /** Results of tools, each {@code id=text}, for calls of the response that this one goes on from. */
    public JournalEntry results(Entries asked, String... results) {
        List<Part> parts = Stream.of(results)
                .map(result -> result.split("=", 2))
                .map(result -> Part.newBuilder()
                        .setType(PartType.TOOL_RESULT)
                        .setToolCallId(result[0])
                        .setText(result[1])
                        .build())
                .toList();
        return request(
                "",
                request -> request.setContinues(asked.response)
                        .setModel("whatever the sender says")
                        .setMessages(List.of(Message.newBuilder()
                                .setRole("tool")
                                .setParts(parts)
                                .build())));
    }

    public static Message message(String role, String text) {
        return Message.newBuilder()
                .setRole(role)
                .setParts(List.of(
                        Part.newBuilder().setType(PartType.TEXT).setText(text).build()))
                .build();
    }

    public JournalEntry cancel(String reason) {
        return ordered(ControlType.CANCEL, reason);
    }

    /** The deletion of the conversation, under this response id. */
    public JournalEntry delete() {
        return ordered(ControlType.DELETE, "client_request");
    }

    private JournalEntry ordered(ControlType type, String reason) {
        return new JournalEntry.Ordered(ControlCommand.newBuilder()
                .setType(type)
                .setConversationId(conversation)
                .setResponseId(response)
                .setReason(reason)
                .setRequestedAt(Instant.ofEpochSecond(1_001))
                .build());
    }

    public JournalEntry lost(int attempt, @Nullable String run, long lastOffset) {
        return new JournalEntry.Reported(new TokenEvent.AttemptLost(envelope(attempt, run, 0), lastOffset, "silent"));
    }

    /** The records of one run of this response. */
    public Run run(int attempt, String runId) {
        return new Run(attempt, runId);
    }

    /** What one run writes; {@code sequence} counts up with every event that has a number. */
    public final class Run {
        private final int attempt;
        private final String runId;
        private long sequence = 1;
        private int choice;

        private Run(int attempt, String runId) {
            this.attempt = attempt;
            this.runId = runId;
        }

        /** Leaves numbers out, or goes back. */
        public Run at(long next) {
            sequence = next;
            return this;
        }

        /** Blocks that come next belong to another choice. */
        public Run choice(int index) {
            choice = index;
            return this;
        }

        public JournalEntry taken() {
            return new JournalEntry.Reported(new TokenEvent.Taken(envelope(attempt, runId, 0)));
        }

        public JournalEntry heartbeat() {
            return new JournalEntry.Reported(new TokenEvent.Heartbeat(envelope(attempt, runId, sequence - 1)));
        }

        public JournalEntry start() {
            return new JournalEntry.Reported(
                    new TokenEvent.MessageStart(next(), "assistant", "up-1", "gpt-test-1", null, null));
        }

        public JournalEntry blockStart(int block, BlockType type) {
            return new JournalEntry.Reported(new TokenEvent.BlockStart(
                    next().withBlock(choice, block),
                    type,
                    type == BlockType.TOOL_USE ? "call-" + block : null,
                    type == BlockType.TOOL_USE ? "tool" : null,
                    null,
                    null,
                    null));
        }

        public JournalEntry text(String text) {
            return delta(0, DeltaType.TEXT, text);
        }

        public JournalEntry delta(int block, DeltaType type, String text) {
            return new JournalEntry.Reported(
                    new TokenEvent.BlockDelta(next().withBlock(choice, block), type, text, null));
        }

        public JournalEntry blockStop(int block) {
            return new JournalEntry.Reported(new TokenEvent.BlockStop(next().withBlock(choice, block)));
        }

        public JournalEntry stop() {
            return new JournalEntry.Reported(new TokenEvent.MessageStop(
                    next(),
                    StopReason.END_TURN,
                    "stop",
                    null,
                    Usage.newBuilder().setInputTokens(3L).setOutputTokens(4L).build(),
                    null));
        }

        public JournalEntry cancelled() {
            return new JournalEntry.Reported(new TokenEvent.Cancelled(next(), "client_request", "yes", null));
        }

        private Envelope next() {
            return envelope(attempt, runId, sequence++);
        }
    }

    private Envelope envelope(int attempt, @Nullable String run, long sequence) {
        return new Envelope(
                conversation,
                response,
                attempt,
                run,
                sequence,
                0,
                Envelope.NONE,
                2_000_000_000L,
                2_000_000_000L + sequence * 10_000,
                run == null ? Envelope.NONE : sequence * 10_000_000,
                "openai",
                "gpt-test");
    }
}
