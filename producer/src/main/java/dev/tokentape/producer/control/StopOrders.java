package dev.tokentape.producer.control;

import dev.tokentape.producer.run.ActiveRuns;
import dev.tokentape.schemas.avro.ControlCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out orders to stop: remembers a cancelled answer first, then cancels what runs for it. */
public final class StopOrders {
    private static final Logger log = LoggerFactory.getLogger(StopOrders.class);

    private final CancelledResponses cancelled;
    private final ActiveRuns runs;

    public StopOrders(CancelledResponses cancelled, ActiveRuns runs) {
        this.cancelled = cancelled;
        this.runs = runs;
    }

    public void carryOut(ControlCommand command) {
        switch (command.getType()) {
            case CANCEL -> {
                // In this order: a run that is opened in between sees that the answer is cancelled.
                cancelled.remember(command.getResponseId());
                runs.cancelResponse(command.getResponseId(), command.getReason());
            }
            case STOP_RUN -> {
                String runId = command.getRunId();
                if (runId != null) {
                    runs.stopRun(runId, command.getReason());
                }
            }
            // The processor cancels the deleted answers one by one; the others are between gateways.
            case DELETE, UNWATCHED, WATCHED -> {}
            case OTHER ->
                log.atDebug()
                        .addKeyValue("conversation", command.getConversationId())
                        .addKeyValue("response", command.getResponseId())
                        .log("an order of a kind that this version does not know; ignored");
        }
    }
}
