package dev.tokentape.gateway;

import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps what was handed on, and does with it what the test wants. */
public final class RecordingCommands implements Commands {

    final List<GenerationRequest> asked = new CopyOnWriteArrayList<>();
    final List<ControlCommand> ordered = new CopyOnWriteArrayList<>();
    volatile boolean away;
    volatile Consumer<GenerationRequest> onAsk = _ -> {};

    @Override
    public CompletionStage<Void> ask(GenerationRequest request) {
        if (away) {
            return CompletableFuture.failedStage(
                    Problem.kafkaUnavailable("Kafka did not confirm").asException());
        }
        asked.add(request);
        onAsk.accept(request);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Void> order(ControlCommand command) {
        if (away) {
            return CompletableFuture.failedStage(
                    Problem.kafkaUnavailable("Kafka did not confirm").asException());
        }
        ordered.add(command);
        return CompletableFuture.completedStage(null);
    }
}
