package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.FoldOutcome;
import dev.tokentape.processor.fold.IndexEntry;
import dev.tokentape.processor.fold.JournalEntry;
import dev.tokentape.processor.fold.JournalFold;
import dev.tokentape.processor.fold.ModerationQuestion;
import dev.tokentape.processor.fold.ResponseKey;
import dev.tokentape.processor.watch.Watch;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.codec.BadRecordException;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.TokenHeaders;
import dev.tokentape.schemas.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The fold step of one journal partition: feeds the pure fold with records and does what it says, in order.
 *
 * <p>After an assignment the fold is empty. The first punctuation writes a wake record, so that a first record comes
 * even when nobody writes; before that record is folded, {@link Replay} rebuilds what was open. Turns are stored before
 * their terminal event is forwarded, so that whoever reads the tape finds them.
 */
final class FoldProcessor implements Processor<byte[], byte[], Addressed, byte[]> {

    static final String TURNS = "turns";
    static final String RESPONSES = "responses";

    static final String TAPE_SINK = "fold-to-tape";
    static final String JOBS_SINK = "fold-to-jobs";
    static final String CONTROL_SINK = "fold-to-control";
    static final String RESPONSES_SINK = "fold-to-responses";
    static final String METRICS_SINK = "fold-to-metrics";
    static final String JOURNAL_SINK = "fold-to-journal";
    static final String DEAD_LETTER_SINK = "fold-to-dead-letters";

    private static final Duration SOON = Duration.ofMillis(10);
    /** Far longer than the time from folding a record to committing it. */
    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(10);

    private static final Duration KEEP_ENDED = Duration.ofHours(1);

    /** Longer than the tape keeps events of deleted answers: until then no request may begin such an answer anew. */
    private static final Duration KEEP_DELETED = Duration.ofDays(8);

    private final FoldSettings settings;
    private final RecordReader reader;
    private final ProcessorMeters meters;
    private @Nullable Assigned assigned;

    FoldProcessor(FoldSettings settings) {
        this.settings = settings;
        this.reader = new RecordReader(settings.codec(), settings.topics());
        this.meters = settings.meters();
    }

    @Override
    public void init(ProcessorContext<Addressed, byte[]> context) {
        // A task may be closed and begun again on the same object; nothing of its former life may be left.
        assigned = new Assigned(context);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Objects.requireNonNull(assigned).process(record);
    }

    @Override
    public void close() {
        if (assigned != null) {
            assigned.forgotten();
            assigned = null;
        }
    }

    /** One assignment of the partition: from its first record to its end. */
    private final class Assigned {
        private final ProcessorContext<Addressed, byte[]> context;
        private final int partition;
        private final ResponseStores stores;
        private final Replay replay;
        private final Watch watch;
        /** Null until the first record has come. */
        private @Nullable JournalFold fold;

        private long timestamp;
        private long foldedUpTo;
        private long purgeBelow = Envelope.NONE;
        private int openCount;
        private @Nullable String lastConversation;
        private Addressed lastAddress = Addressed.of("", 0);
        private @Nullable Response lastTurn;
        private byte[] lastTurnBytes = new byte[0];

        private Assigned(ProcessorContext<Addressed, byte[]> context) {
            this.context = context;
            this.partition = context.taskId().partition();
            this.stores = new ResponseStores(
                    context.getStateStore(TURNS), context.getStateStore(RESPONSES), settings.codec());
            this.replay = new Replay(settings, reader, partition, stores, this::freshFold);
            this.watch = new Watch(settings.watchTimeout(), settings.limits().maxAnswerDuration());
            replay.begin(context.applicationId());
            scheduleWake();
            context.schedule(watch.interval(), PunctuationType.WALL_CLOCK_TIME, _ -> watch());
            context.schedule(PURGE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, _ -> purge());
        }

        private void process(Record<byte[], byte[]> record) {
            RecordMetadata at = context.recordMetadata().orElseThrow();
            timestamp = record.timestamp();
            watch.heard();
            JournalFold its = fold == null ? replayed(at.offset()) : fold;
            try {
                JournalEntry entry = JournalEntry.of(reader.decode(record.value()));
                if (!isWake(entry)) {
                    reader.requireKey(record.key(), entry.key().conversationId());
                    reader.requirePartition(partition, entry.key().conversationId());
                }
                if (entry instanceof JournalEntry.Reported(TokenEvent.VerdictReached verdict)) {
                    settings.judge().settled(verdict);
                }
                its.apply(at.offset(), Replay.micros(timestamp), entry, this::perform);
            } catch (BadRecordException e) {
                meters.deadLetter();
                context.forward(DeadLetters.letter(record, at, partition, e.getMessage()), DEAD_LETTER_SINK);
            }
            meters.folded();
            foldedUpTo = at.offset() + 1;
            countOpen(its);
        }

        private JournalFold replayed(long offset) {
            long started = settings.clocks().nanos();
            JournalFold its = replay.finish(offset, timestamp, this::perform);
            its.openQuestions(question -> settings.judge().ask(question, partition));
            meters.replayed(settings.clocks().nanos() - started);
            fold = its;
            return its;
        }

        private JournalFold freshFold() {
            return new JournalFold(
                    settings.limits(),
                    settings.moderation(),
                    stores,
                    job -> settings.codec().encode(Topic.JOBS, job).length);
        }

        private void perform(FoldOutcome outcome) {
            switch (outcome) {
                case FoldOutcome.Publish(TokenEvent event) -> publish(event);
                case FoldOutcome.Dispatch dispatch ->
                    forward(
                            dispatch.job().getConversationId(),
                            settings.codec().encode(Topic.JOBS, dispatch.job()),
                            JOBS_SINK);
                case FoldOutcome.Stop stop ->
                    forward(
                            stop.command().getConversationId(),
                            settings.codec().encode(Topic.CONTROL, stop.command()),
                            CONTROL_SINK);
                case FoldOutcome.Ask(ModerationQuestion question) ->
                    settings.judge().ask(question, partition);
                case FoldOutcome.StoreTurn(ResponseKey key, long offset, long askedOffset, Response turn) ->
                    stores.storeTurn(key, offset, askedOffset, encoded(turn));
                case FoldOutcome.Remember(ResponseKey key, IndexEntry entry) -> stores.remember(key, entry);
                case FoldOutcome.Forget(ResponseKey key) -> stores.forget(key);
                case FoldOutcome.Delete(ResponseKey key, long offset) ->
                    stores.delete(key, offset, Replay.micros(timestamp));
                case FoldOutcome.Retract(ResponseKey key) ->
                    context.forward(
                            new Record<>(Addressed.of(key.toString(), partition), null, timestamp), RESPONSES_SINK);
                case FoldOutcome.Complete(Response response) ->
                    context.forward(
                            new Record<>(
                                    Addressed.of(
                                            new ResponseKey(response.getConversationId(), response.getResponseId())
                                                    .toString(),
                                            partition),
                                    encoded(response),
                                    timestamp),
                            RESPONSES_SINK);
                case FoldOutcome.Measured measured ->
                    forward(
                            measured.metrics().getConversationId(),
                            settings.codec().encode(Topic.METRICS, measured.metrics()),
                            METRICS_SINK);
            }
        }

        private void publish(TokenEvent event) {
            byte[] value = settings.codec().encode(Topic.TOKENS, event);
            long now = settings.clocks().wallMicros();
            RecordHeaders headers = new RecordHeaders();
            TokenHeaders.setPublishedAt(headers, now);
            context.forward(
                    new Record<>(address(event.envelope().conversationId()), value, timestamp, headers), TAPE_SINK);
            if (event instanceof TokenEvent.Moderated(Envelope _, Verdict verdict)) {
                meters.decided(verdict);
            }
            if (event.envelope().elapsedNanos() == Envelope.NONE) {
                meters.releasedOwn();
            } else {
                meters.released(event.envelope().receivedAt(), now);
            }
        }

        private void forward(String conversationId, byte[] value, String sink) {
            context.forward(new Record<>(address(conversationId), value, timestamp), sink);
        }

        /** An answer's events come in a row, so that the last address is mostly the next. */
        private Addressed address(String conversationId) {
            if (!conversationId.equals(lastConversation)) {
                lastConversation = conversationId;
                lastAddress = new Addressed(conversationId.getBytes(StandardCharsets.UTF_8), partition);
            }
            return lastAddress;
        }

        /** The store and the topic take the same bytes. */
        private byte[] encoded(Response response) {
            if (response != lastTurn) {
                lastTurnBytes = settings.codec().encode(Topic.RESPONSES, response);
                lastTurn = response;
            }
            return lastTurnBytes;
        }

        private void scheduleWake() {
            Cancellable[] wake = new Cancellable[1];
            wake[0] = context.schedule(SOON, PunctuationType.WALL_CLOCK_TIME, _ -> {
                Objects.requireNonNull(wake[0]).cancel();
                if (fold == null) {
                    wake();
                }
            });
        }

        private void wake() {
            long now = settings.clocks().wallMicros();
            append("", new TokenEvent.Wake(Envelope.ofSystem("", "", 0, now)), now);
        }

        private void watch() {
            JournalFold its = fold;
            if (its == null) {
                return;
            }
            long now = settings.clocks().wallMicros();
            for (TokenEvent.AttemptLost report :
                    watch.look(its, now, settings.clocks().nanos())) {
                append(report.envelope().conversationId(), report, now);
                meters.reportedLost();
            }
            if (watch.asks()) {
                wake();
            }
        }

        private void append(String key, TokenEvent event, long nowMicros) {
            context.forward(
                    new Record<>(
                            Addressed.of(key, partition),
                            settings.codec().encode(Topic.JOURNAL, event),
                            nowMicros / 1000),
                    JOURNAL_SINK);
        }

        /**
         * Strikes responses from the index that ended an hour ago, and turns that were deleted. What was folded since
         * the last time is left: its offset may not be committed yet, and until then a replay needs the entry.
         */
        private void purge() {
            if (fold != null && purgeBelow != Envelope.NONE) {
                long before = settings.clocks().wallMicros() - KEEP_ENDED.toNanos() / 1000;
                stores.erase(purgeBelow, settings.clocks().wallMicros() - KEEP_DELETED.toNanos() / 1000);
                stores.purge(
                        (_, entry) -> !entry.isOpen() && entry.terminal() < purgeBelow && entry.endedAt() < before);
            }
            purgeBelow = fold != null ? foldedUpTo : Envelope.NONE;
        }

        private void countOpen(JournalFold its) {
            int now = its.openCount();
            if (now != openCount) {
                meters.openResponsesChanged(now - openCount);
                openCount = now;
            }
        }

        private void forgotten() {
            replay.abandon();
            meters.openResponsesChanged(-openCount);
            openCount = 0;
            settings.judge().forget(partition);
        }

        private static boolean isWake(JournalEntry entry) {
            return entry instanceof JournalEntry.Reported(TokenEvent event) && event instanceof TokenEvent.Wake;
        }
    }
}
