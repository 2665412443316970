package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.event.TokenEvent;

/** A decoded record of the journal. */
public sealed interface JournalEntry {

    ResponseKey key();

    /** A request for an answer. */
    record Requested(GenerationRequest request) implements JournalEntry {
        @Override
        public ResponseKey key() {
            return new ResponseKey(request.getConversationId(), request.getResponseId());
        }
    }

    /** An order to stop one, or to delete a conversation: then the response id is the deletion's own. */
    record Ordered(ControlCommand command) implements JournalEntry {
        @Override
        public ResponseKey key() {
            return new ResponseKey(command.getConversationId(), command.getResponseId());
        }
    }

    /** What a run or the watch reports. */
    record Reported(TokenEvent event) implements JournalEntry {
        @Override
        public ResponseKey key() {
            return ResponseKey.of(event.envelope());
        }
    }

    /** @throws BadRecordException if it is of a type that has no place in the journal */
    static JournalEntry of(Object decoded) {
        return switch (decoded) {
            case TokenEvent event -> new Reported(event);
            case GenerationRequest request -> new Requested(request);
            case ControlCommand command -> new Ordered(command);
            default ->
                throw new BadRecordException(
                        "a " + decoded.getClass().getSimpleName() + " has no place in the journal");
        };
    }
}
