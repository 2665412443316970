package dev.tokentape.gateway.watch;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.ControlType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Names one answer. */
record ResponseKey(String conversationId, String responseId) {

    static ResponseKey of(ControlCommand command) {
        return new ResponseKey(command.getConversationId(), command.getResponseId());
    }

    ControlCommand command(ControlType type, String reason) {
        return ControlCommand.newBuilder()
                .setType(type)
                .setConversationId(conversationId)
                .setResponseId(responseId)
                .setReason(reason)
                .setRequestedAt(Instant.now().truncatedTo(ChronoUnit.MICROS))
                .build();
    }
}
