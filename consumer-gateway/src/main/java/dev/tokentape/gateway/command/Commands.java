package dev.tokentape.gateway.command;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import java.util.concurrent.CompletionStage;

/** Hands requests for answers and orders on to the processor. Thread-safe; never blocks its caller. */
public interface Commands {

    /**
     * Hands on a request for an answer.
     *
     * @return done when it is safe in Kafka; or failed with a problem: too large, or Kafka did not confirm it
     */
    CompletionStage<Void> ask(GenerationRequest request);

    /**
     * Hands on an order to stop an answer or to delete a conversation, or what gateways ask each other.
     *
     * @return done when it is safe in Kafka; or failed with a problem: Kafka did not confirm it
     */
    CompletionStage<Void> order(ControlCommand command);
}
