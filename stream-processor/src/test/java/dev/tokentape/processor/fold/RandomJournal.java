package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A journal as a rough day would write it: several conversations at once, jobs taken twice, repeats, holes, zombies,
 * runs that fall silent, verdicts that come late, twice or never, cancels at any moment, tool results from several
 * sides, some of them wrong, conversations deleted, some orders to do so twice, reports true and false, and time that
 * leaps. It is written while a fold reads it, so that runs answer to jobs that were really handed out.
 */
final class RandomJournal {

    /** A record and its journal time in microseconds; its offset is its place in the list. */
    record Line(long time, JournalEntry entry) {}

    private static final class LiveRun {
        private final Entries entries;
        private final Entries.Run run;
        private final String id;
        private final int attempt;
        private int said;
        private int block;
        private boolean blockOpen;
        private DeltaType type = DeltaType.TEXT;
        private String unsaid = "";
        private long lastOffset = Envelope.NONE;

        private LiveRun(Entries entries, int attempt, String id) {
            this.entries = entries;
            this.run = entries.run(attempt, id);
            this.attempt = attempt;
            this.id = id;
        }
    }

    /** What rules object to stands among what they do not, and is cut anywhere. */
    private static final List<String> PHRASES = List.of(
            "a word or two ",
            "4111 1111 1111 1111 ",
            "4111 1111 1111 1112 ",
            "DE89 3704 0044 0532 0130 00 ",
            "call +49 30 901820 ",
            "sk-ant-api03-",
            "as an AI language model ",
            "goldfinger ",
            "gold ",
            "acme ",
            "\uD83D\uDE00 ");

    private final RandomGenerator random;
    private final List<String> ruleSets;
    private final List<ModerationQuestion> questions = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<FoldOutcome> outcomes = new ArrayList<>();
    private final List<Entries> asked = new ArrayList<>();
    private final List<LiveRun> runs = new ArrayList<>();
    /** Answers that ended with tool calls. */
    private final List<Response> called = new ArrayList<>();

    private final List<Entries> deletions = new ArrayList<>();

    private final StoresInMemory stores = new StoresInMemory();
    private final JournalFold fold;
    private long time = 50_000_000_000L;
    private int names;

    private RandomJournal(RandomGenerator random, FoldLimits limits, Moderation moderation, List<String> ruleSets) {
        this.random = random;
        this.ruleSets = ruleSets;
        this.fold = new JournalFold(limits, moderation, stores, _ -> 0);
    }

    /** @param ruleSets versions that requests are stamped with; none for none */
    static RandomJournal write(
            RandomGenerator random, FoldLimits limits, Moderation moderation, List<String> ruleSets, int length) {
        RandomJournal journal = new RandomJournal(random, limits, moderation, ruleSets);
        while (journal.lines.size() < length) {
            journal.step();
        }
        return journal;
    }

    List<Line> lines() {
        return lines;
    }

    /** What a fold that was never interrupted says to it. */
    List<FoldOutcome> outcomes() {
        return outcomes;
    }

    private void step() {
        int dice = random.nextInt(100);
        if (random.nextInt(60) == 0) {
            delete();
        } else if (dice < 7 || asked.isEmpty()) {
            ask();
        } else if (dice < 13) {
            append(any(asked).request("again"));
        } else if (dice < 17) {
            append(any(asked).cancel("cancel-" + dice));
        } else if (dice < 25) {
            report();
        } else if (dice < 27) {
            // The broker's clock may be set back, too.
            time += switch (random.nextInt(8)) {
                case 0 -> 1_300_000_000L;
                case 1 -> -700_000_000L;
                default -> 61_000_000L;
            };
        } else if (dice < 29) {
            append(new Entries("", "").run(0, "none").heartbeat());
        } else if (dice < 36 && !called.isEmpty()) {
            bringResults();
        } else if (dice < 44 && !questions.isEmpty()) {
            judge();
        } else if (!runs.isEmpty()) {
            speak(any(runs));
        }
    }

    /** Verdicts come in any order, some of them twice. */
    private void judge() {
        int which = random.nextInt(questions.size());
        ModerationQuestion question = random.nextInt(10) == 0 ? questions.get(which) : questions.remove(which);
        int dice = random.nextInt(10);
        ModerationQuestion.Answer answer = dice == 0
                ? ModerationQuestion.Answer.OBJECT
                : dice == 1 ? ModerationQuestion.Answer.UNAVAILABLE : ModerationQuestion.Answer.PASS;
        append(new JournalEntry.Reported(question.answered(answer, "hate", null, time)));
    }

    /** The continuing answer's id follows from the one that it continues, so that several senders agree on it. */
    private void bringResults() {
        Response by = any(called);
        Entries caller = new Entries(by.getConversationId(), by.getResponseId());
        Entries continuing = new Entries(by.getConversationId(), "after-" + by.getResponseId());
        if (random.nextInt(20) == 0) {
            append(continuing.results(new Entries(by.getConversationId(), "nobody"), "call-0=?"));
            return;
        }
        if (asked.stream().noneMatch(known -> known.key().equals(continuing.key()))) {
            asked.add(continuing);
        }
        List<String> results = new ArrayList<>();
        for (Block block : by.getBlocks()) {
            if (block.getToolCallId() != null && random.nextInt(3) != 0) {
                results.add(block.getToolCallId() + "=result " + random.nextInt(100));
            }
        }
        if (results.isEmpty()) {
            results.add("call-99=nobody asked");
        }
        append(continuing.results(caller, results.toArray(new String[0])));
        if (random.nextInt(5) == 0) {
            time += 31_000_000L;
            append(continuing.lost(1, null, Envelope.NONE));
        }
    }

    private void delete() {
        if (deletions.isEmpty() || random.nextInt(4) != 0) {
            deletions.add(new Entries("c" + random.nextInt(3), "d" + names++));
            append(deletions.getLast().delete());
        } else {
            append(any(deletions).delete());
        }
    }

    private void ask() {
        Entries entries = new Entries("c" + random.nextInt(3), "r" + names++);
        asked.add(entries);
        if (random.nextInt(8) == 0) {
            append(entries.cancel("early"));
        }
        LostPolicy policy = random.nextBoolean() ? LostPolicy.ERROR : LostPolicy.RESTART;
        boolean join = random.nextInt(4) != 0;
        String version = ruleSets.isEmpty() ? null : any(ruleSets);
        append(entries.request(
                "prompt " + names,
                request -> request.setOnAttemptLost(policy).setJoinHistory(join).setRuleSetVersion(version)));
    }

    private void report() {
        if (runs.isEmpty() || random.nextInt(3) == 0) {
            append(any(asked).lost(random.nextInt(4) == 0 ? random.nextInt(3) : 1, null, Envelope.NONE));
            return;
        }
        LiveRun run = any(runs);
        long seen = random.nextInt(3) == 0 ? run.lastOffset - 2 : run.lastOffset;
        append(run.entries.lost(run.attempt, run.id, seen));
    }

    private void speak(LiveRun live) {
        int dice = random.nextInt(40);
        if (live.lastOffset == Envelope.NONE) {
            live.lastOffset = append(live.run.taken());
        } else if (dice == 0) {
            live.lastOffset = append(live.run.heartbeat());
        } else if (dice == 1) {
            runs.remove(live);
        } else if (dice == 2) {
            live.run.at(1 + random.nextInt(6));
        } else if (live.said++ == 0) {
            live.lastOffset = append(live.run.start());
        } else if (!live.blockOpen && dice < 34) {
            live.blockOpen = true;
            boolean tool = random.nextInt(3) == 0;
            live.type = tool ? DeltaType.INPUT_JSON : DeltaType.TEXT;
            live.lastOffset = append(live.run.blockStart(live.block, tool ? BlockType.TOOL_USE : BlockType.TEXT));
        } else if (live.blockOpen && dice < (live.type == DeltaType.TEXT ? 32 : 12)) {
            String text = live.type == DeltaType.TEXT
                    ? text(live, dice == 3)
                    : random.nextInt(6) == 0 ? "{" : "{} ".substring(random.nextInt(2) * 3);
            live.lastOffset = append(live.run.delta(live.block, live.type, text));
        } else if (live.blockOpen && dice < 36) {
            live.blockOpen = false;
            live.lastOffset = append(live.run.blockStop(live.block++));
        } else if (dice < 39) {
            live.lastOffset = append(random.nextInt(4) == 0 ? live.run.cancelled() : live.run.stop());
        } else {
            append(live.entries.run(live.attempt, live.id + "x").taken());
        }
    }

    private String text(LiveRun live, boolean cut) {
        if (ruleSets.isEmpty()) {
            return "t" + random.nextInt(1000) + (cut ? "" : " ");
        }
        if (live.unsaid.isEmpty()) {
            live.unsaid = any(PHRASES);
        }
        int length = Math.min(live.unsaid.length(), 1 + random.nextInt(12));
        String said = live.unsaid.substring(0, length);
        live.unsaid = live.unsaid.substring(length);
        return said;
    }

    private long append(JournalEntry entry) {
        time += random.nextLong(2_000_000);
        long offset = lines.size();
        lines.add(new Line(time, entry));
        fold.apply(offset, time, entry, outcome -> {
            outcomes.add(outcome);
            stores.write(outcome);
            if (outcome instanceof FoldOutcome.Complete(Response response) && response.getRequest() != null) {
                called.add(response);
            }
            if (outcome instanceof FoldOutcome.Ask(ModerationQuestion question)) {
                questions.add(question);
            }
            if (outcome instanceof FoldOutcome.Dispatch dispatch) {
                Entries entries = new Entries(
                        dispatch.job().getConversationId(), dispatch.job().getResponseId());
                for (int i = random.nextInt(6) == 0 ? 2 : 1; i > 0; i--) {
                    runs.add(new LiveRun(entries, dispatch.job().getAttempt(), "run-" + names++));
                }
            }
        });
        return offset;
    }

    private <T> T any(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
