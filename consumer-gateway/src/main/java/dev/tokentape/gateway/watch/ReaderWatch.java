package dev.tokentape.gateway.watch;

import dev.tokentape.gateway.command.Commands;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.control.ControlTail;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who reads what, over all gateways, as far as somebody wants to know: watches the answers that were asked for here
 * with {@code cancel_when_unwatched}, and says of those of other gateways whether they are read here. Thread-safe.
 */
public final class ReaderWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ReaderWatch.class);

    private final UnwatchedAnswers answers;
    private final Questions questions;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tokentape-gateway-unwatched").daemon().factory());
    private AutoCloseable tail = () -> {};

    /** One whose time only a test moves, by {@link #look}, and which hears what the test lets it {@link #hear}. */
    ReaderWatch(Commands commands, Tape tape, Duration grace) {
        this.answers = new UnwatchedAnswers(commands, tape, grace);
        this.questions = new Questions(commands, tape, grace);
    }

    /** Starts to look, once a second, and to listen, from a while before: a restart misses no question. */
    public static ReaderWatch start(
            Commands commands, Tape tape, Duration grace, KafkaSettings kafka, TopicCatalogue topics, TapeCodec codec) {
        ReaderWatch watch = new ReaderWatch(commands, tape, grace);
        String name = "tokentape-gateway-control";
        watch.tail = new ControlTail(
                        ControlTail.consumer(kafka, name),
                        name,
                        topics.name(Topic.CONTROL),
                        codec,
                        System.currentTimeMillis()
                                - grace.plus(UnwatchedAnswers.ANSWER_TIME).toMillis(),
                        command -> watch.hear(command, System.nanoTime()))
                .start();
        var _ = watch.clock.scheduleWithFixedDelay(watch::lookSafely, 1, 1, TimeUnit.SECONDS);
        return watch;
    }

    /** Where asks and orders go, so that the watch sees them. */
    public Commands commands() {
        return answers;
    }

    /** Takes what stands on the control topic. @param now monotonic, nanoseconds */
    void hear(ControlCommand command, long now) {
        ResponseKey answer = ResponseKey.of(command);
        switch (command.getType()) {
            case UNWATCHED -> {
                if (answers.watches(answer)) {
                    answers.questionStands(answer, now);
                } else {
                    questions.asked(answer, now);
                }
            }
            case WATCHED -> {
                answers.isRead(answer, now);
                questions.answered(answer);
            }
            case CANCEL, STOP_RUN, DELETE, OTHER -> {}
        }
    }

    void look(long now) {
        answers.look(now);
        questions.look(now);
    }

    /** How many answers are watched for those who asked here, and how many for others. */
    int size() {
        return answers.size() + questions.size();
    }

    private void lookSafely() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException e) {
            log.error("looking for answers that nobody reads failed; trying again in a second", e);
        }
    }

    @Override
    public void close() throws Exception {
        clock.shutdownNow();
        tail.close();
    }
}
