package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.Thorough;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.PromptCheck;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Promise 1, on the pure fold: however often and wherever it is interrupted, what it publishes is byte for byte what it
 * publishes uninterrupted, and a stretch that it publishes again is the same.
 */
class RestartTest {

    /** So many at least; more, up to the other number, until every kind of ending that a test names has come. */
    private static final int JOURNALS = Thorough.either(200, 2_000);

    private static final int MOST_JOURNALS = 10_000;
    private static final int LENGTH = 160;
    private static final int JUDGED_LENGTH = 240;

    private static final FoldLimits TIGHT =
            new FoldLimits(Duration.ofSeconds(60), Duration.ofMinutes(20), Duration.ofSeconds(30), 60, 60, 7, 3000);

    private static final FoldLimits ROOMY =
            new FoldLimits(Duration.ofSeconds(60), Duration.ofMinutes(20), Duration.ofSeconds(30), 400, 400, 12, 9000);

    /** The rules that everybody has, and on top of them every action, and a moderation service in both its modes. */
    private static final List<RuleSet> RULE_SETS = Stream.of(
                    "",
                    """
                      - {id: stop, words: [goldfinger], action: block}
                      - {id: again, literals: [as an ai], action: regenerate, instruction: Do better., max_attempts: 2}
                      - {id: note, literals: [acme], action: flag}
                    """,
                    "tier2: {applies_to: [prompt, text], hold_characters: 20, hold_ms: 3000, max_hold: 200}",
                    "tier2: {mode: gate, applies_to: [text, tool_input], hold_characters: 9, on_timeout: open}",
                    "tier2: {mode: audit, applies_to: [prompt, text], hold_characters: 30}")
            .map(more -> RuleFile.parse(DefaultRules.yaml() + "\n" + more))
            .toList();

    private final TapeCodec codec = new TapeCodec(SchemaRegistry.open("memory:"), new TopicCatalogue("", 1, (short) 1));
    private long interruptions;
    private long repeated;
    private long continued;
    private final Map<String, Integer> endings = new TreeMap<>();
    private final Map<String, Integer> verdicts = new TreeMap<>();

    @Test
    void aFoldThatIsInterruptedAnywherePublishesTheSameTape() {
        Set<String> endingsToSee = Set.of(
                "MessageStop",
                "Cancelled",
                "Cancelled deleted",
                "ConversationDeleted",
                "producer_lost",
                "no_producer",
                "answer_too_long",
                "answer_timed_out",
                "history_too_long",
                "overloaded",
                "nothing_to_continue",
                "tool_results_missing");

        foldInterrupted(
                TIGHT, holding(), List.of(), LENGTH, () -> endings.keySet().containsAll(endingsToSee));

        assertThat(endings.keySet()).containsAll(endingsToSee);
    }

    @Test
    void soDoesOneWithRealRulesAndAModerationService() {
        Map<String, RuleGates> gates = RULE_SETS.stream().collect(Collectors.toMap(RuleSet::version, RuleGates::new));
        Set<String> endingsToSee =
                Set.of("MessageStop", "Cancelled", "Cancelled blocked", "Cancelled prompt_blocked", "producer_lost");
        Set<String> verdictsToSee = Set.of(
                "redact payment-card",
                "redact iban",
                "redact phone",
                "block stop",
                "regenerate again",
                "flag note",
                "block tier2",
                "flag tier2");

        foldInterrupted(
                ROOMY,
                new RuleModeration(gates::get),
                List.copyOf(gates.keySet()),
                JUDGED_LENGTH,
                () -> endings.keySet().containsAll(endingsToSee)
                        && verdicts.keySet().containsAll(verdictsToSee));

        assertThat(endings.keySet()).containsAll(endingsToSee);
        assertThat(verdicts.keySet()).containsAll(verdictsToSee);
    }

    private void foldInterrupted(
            FoldLimits limits,
            Moderation moderation,
            List<String> ruleSets,
            int length,
            BooleanSupplier everythingWasSeen) {
        long seed = Long.getLong("tokentape.seed", System.nanoTime());
        System.out.println("RestartTest seed: " + seed + " (-Dtokentape.seed)");
        int journals = 0;
        while (journals < JOURNALS || !everythingWasSeen.getAsBoolean() && journals < MOST_JOURNALS) {
            int i = journals++;
            SplittableRandom random = new SplittableRandom(seed + i);
            // Given a journal, and what a fold says to it that is never interrupted
            RandomJournal journal = RandomJournal.write(random, limits, moderation, ruleSets, length);
            Said whole = new Said();
            journal.outcomes().forEach(whole::add);

            // When another is interrupted again and again
            Said interrupted = foldWithInterruptions(journal.lines(), limits, moderation, random, seed + i);

            // Then
            assertThat(interrupted.events).as("tape of seed %d", seed + i).isEqualTo(whole.events);
            assertThat(interrupted.others).as("records of seed %d", seed + i).isEqualTo(whole.others);
            assertThat(interrupted.reports).as("reports of seed %d", seed + i).isEqualTo(whole.reports);
            assertThat(whole.terminals.values()).allMatch(count -> count == 1);
            repeated += interrupted.repeats;
            continued += journal.outcomes().stream()
                    .filter(outcome -> outcome instanceof FoldOutcome.Dispatch dispatch
                            && dispatch.job().getRequest().getContinues() != null)
                    .count();
            whole.endings.forEach((ending, count) -> endings.merge(ending, count, Integer::sum));
            whole.verdicts.forEach((verdict, count) -> verdicts.merge(verdict, count, Integer::sum));
        }
        System.out.printf(
                "RestartTest: %d journals, %d interruptions, %d events published again, %d went on from "
                        + "tool results, endings %s, verdicts %s%n",
                journals, interruptions, repeated, continued, endings, verdicts);
        assertThat(interruptions).isGreaterThan(journals);
        assertThat(repeated).isGreaterThan(journals);
        assertThat(continued).as("answers that went on from tool results").isGreaterThan(journals / 20);
    }

    private Said foldWithInterruptions(
            List<RandomJournal.Line> journal,
            FoldLimits limits,
            Moderation moderation,
            SplittableRandom random,
            long seed) {
        Said said = new Said();
        List<FoldOutcome> written = new ArrayList<>();
        List<FoldOutcome.Delete> erased = new ArrayList<>();
        int committed = 0;
        int writtenWhenCommitted = 0;
        while (committed < journal.size()) {
            StoresInMemory stores = new StoresInMemory();
            written.forEach(stores::write);
            erased.forEach(delete -> stores.erase(delete.key().conversationId(), delete.offset()));
            JournalFold fold = new JournalFold(limits, moderation, stores, _ -> 0);
            rebuild(fold, stores, journal, committed, written, seed);
            int position = committed;
            while (position < journal.size() && random.nextInt(40) != 0) {
                RandomJournal.Line line = journal.get(position);
                fold.apply(position, line.time(), line.entry(), outcome -> {
                    said.add(outcome);
                    stores.write(outcome);
                    written.add(outcome);
                });
                position++;
                if (random.nextInt(12) == 0 || position == journal.size()) {
                    purge(stores, written, position, random);
                    erase(stores, written, position, random, erased);
                    committed = position;
                    writtenWhenCommitted = written.size();
                }
            }
            // The stores reach at least as far as the commit, and perhaps as far as the interruption.
            int kept = writtenWhenCommitted + random.nextInt(written.size() - writtenWhenCommitted + 1);
            written.subList(kept, written.size()).clear();
            interruptions++;
        }
        return said;
    }

    private static void rebuild(
            JournalFold fold,
            StoresInMemory stores,
            List<RandomJournal.Line> journal,
            int until,
            List<FoldOutcome> written,
            long seed) {
        Rebuild rebuild = new Rebuild(
                fold, stores, until, visitor -> Map.copyOf(stores.index).forEach(visitor));
        for (long offset = rebuild.from(); offset < until; offset++) {
            RandomJournal.Line line = journal.get((int) offset);
            rebuild.accept(offset, line.time(), line.entry());
        }
        assertThat(rebuild.finish()).as("seed %d", seed).isEmpty();
        rebuild.repairs().forEach(repair -> {
            stores.write(repair);
            written.add(repair);
        });
    }

    /** Entries of responses that ended before the commit may go at any time. */
    private static void purge(StoresInMemory stores, List<FoldOutcome> written, int below, SplittableRandom random) {
        Map.copyOf(stores.index).forEach((key, entry) -> {
            if (!entry.isOpen() && entry.terminal() < below && random.nextBoolean()) {
                FoldOutcome forget = new FoldOutcome.Forget(key);
                stores.write(forget);
                written.add(forget);
            }
        });
    }

    /** What is deleted may go at any time behind the commit. */
    private static void erase(
            StoresInMemory stores,
            List<FoldOutcome> written,
            int below,
            SplittableRandom random,
            List<FoldOutcome.Delete> erased) {
        for (FoldOutcome outcome : written) {
            if (outcome instanceof FoldOutcome.Delete delete && delete.offset() < below && random.nextInt(4) == 0) {
                stores.erase(delete.key().conversationId(), delete.offset());
                erased.add(delete);
            }
        }
    }

    /** What was said, as bytes; fails on the spot when something is said again differently, or out of order. */
    private final class Said {
        private final Map<ResponseKey, List<Bytes>> events = new HashMap<>();
        private final Map<String, Bytes> others = new HashMap<>();
        /** What readers of whole answers have in the end; null where it was taken back. */
        private final Map<String, @Nullable Bytes> reports = new HashMap<>();

        private final Map<ResponseKey, Integer> terminals = new HashMap<>();
        private final Map<String, Integer> endings = new TreeMap<>();
        private final Map<String, Integer> verdicts = new TreeMap<>();
        private long repeats;

        private void add(FoldOutcome outcome) {
            switch (outcome) {
                case FoldOutcome.Publish(TokenEvent event) -> published(event);
                case FoldOutcome.Dispatch dispatch ->
                    same(
                            "job " + dispatch.job().getResponseId()
                                    + dispatch.job().getAttempt(),
                            codec.encode(Topic.JOBS, dispatch.job()));
                case FoldOutcome.Complete complete -> {
                    byte[] value = codec.encode(Topic.RESPONSES, complete.response());
                    same("response " + complete.response().getResponseId(), value);
                    reports.put(complete.response().getResponseId(), Bytes.wrap(value));
                }
                case FoldOutcome.Retract(ResponseKey key) -> reports.put(key.responseId(), null);
                case FoldOutcome.Measured measured ->
                    same(
                            "metrics " + measured.metrics().getResponseId(),
                            codec.encode(Topic.METRICS, measured.metrics()));
                case FoldOutcome.Stop stop ->
                    same(
                            "stop " + stop.command().getResponseId()
                                    + stop.command().getRunId() + stop.command().getRequestedAt(),
                            codec.encode(Topic.CONTROL, stop.command()));
                case FoldOutcome.Ask(ModerationQuestion question) ->
                    same(question.toString(), question.text().getBytes(StandardCharsets.UTF_8));
                case FoldOutcome.Delete _, FoldOutcome.StoreTurn _, FoldOutcome.Remember _, FoldOutcome.Forget _ -> {}
            }
        }

        private void published(TokenEvent event) {
            List<Bytes> tape = events.computeIfAbsent(ResponseKey.of(event.envelope()), _ -> new ArrayList<>());
            Bytes bytes = Bytes.wrap(codec.encode(Topic.TOKENS, event));
            int sequence = (int) event.envelope().sequence();
            assertThat(sequence).as("no event is missing").isLessThanOrEqualTo(tape.size());
            if (sequence < tape.size()) {
                repeats++;
                assertThat(bytes).as("event said again").isEqualTo(tape.get(sequence));
            } else {
                tape.add(bytes);
                if (event instanceof TokenEvent.Moderated(Envelope _, Verdict verdict)) {
                    verdicts.merge(verdict.getAction() + " " + verdict.getRuleId(), 1, Integer::sum);
                }
                if (event.isTerminal()) {
                    terminals.merge(ResponseKey.of(event.envelope()), 1, Integer::sum);
                    endings.merge(ending(event), 1, Integer::sum);
                }
            }
        }

        private static String ending(TokenEvent event) {
            return switch (event) {
                case TokenEvent.Failed failed -> failed.error().getCode();
                case TokenEvent.Cancelled cancelled
                when cancelled.reason().endsWith("blocked")
                        || cancelled.reason().equals("deleted") -> "Cancelled " + cancelled.reason();
                default -> event.getClass().getSimpleName();
            };
        }

        private void same(String what, byte[] value) {
            Bytes before = others.put(what, Bytes.wrap(value));
            if (before != null) {
                assertThat(Bytes.wrap(value)).as("%s said again", what).isEqualTo(before);
            }
        }
    }

    private static Moderation holding() {
        return new Moderation() {
            @Override
            public PromptCheck promptCheck() {
                return _ -> null;
            }

            @Override
            public HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block) {
                return new FoldScene.HoldingOne();
            }
        };
    }
}
