package dev.tokentape.benchmarks.pipeline;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import dev.tokentape.benchmarks.bench.Figures;
import dev.tokentape.benchmarks.process.BenchException;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.moderation.rules.RuleFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What moderation costs: how many tokens text waits, and the processor time of a character. The rules are those that
 * come with Tokentape, alone and with many phrases made of the text's own syllables, which nearly match all the time.
 */
public final class ModerationBench {

    /** Characters of a block, which has a gate of its own, as in an answer. */
    private static final int BLOCK = 4_000;

    private final BenchText text;
    private final List<List<String>> blocks;
    private final int phrases;
    private final Duration warmUp;
    private final Duration length;

    /**
     * @param file the text; null for one that is on every machine
     * @param length how long each set of rules is measured
     * @throws BenchException if the text is none to measure with
     */
    public ModerationBench(@Nullable Path file, int phrases, Duration warmUp, Duration length) throws IOException {
        this.text = BenchText.of(file);
        this.blocks = blocks(text.text());
        this.phrases = phrases;
        this.warmUp = warmUp;
        this.length = length;
    }

    /** Measures. */
    public PipelineReport run() {
        Figures figures = new Figures("moderation, %s, %,d characters in blocks of %,d, cut into o200k tokens"
                .formatted(text.name(), text.text().length(), BLOCK));
        String many = made();
        measure(figures, "default rules", DefaultRules.yaml());
        measure(figures, "and %,d literals".formatted(phrases), DefaultRules.yaml() + rule("literals", many));
        measure(figures, "and %,d words".formatted(phrases), DefaultRules.yaml() + rule("words", many));
        measure(figures, "and %,d words, e-mail on".formatted(phrases), withEmail() + rule("words", many));
        return new TableReport(figures);
    }

    private static String rule(String kind, String phrases) {
        return "\n  - id: many\n    " + kind + ": [" + phrases + "]\n";
    }

    private static String withEmail() {
        String rules = DefaultRules.yaml();
        int email = rules.indexOf("id: email");
        return rules.substring(0, email) + rules.substring(email).replaceFirst("enabled: false", "enabled: true");
    }

    private String made() {
        Random random = new Random(1);
        String[] words = Arrays.stream(text.text().split("[^A-Za-z]+"))
                .filter(word -> word.length() > 3)
                .distinct()
                .toArray(String[]::new);
        Set<String> own = new HashSet<>(Arrays.asList(words));
        Set<String> made = new HashSet<>();
        for (long tries = 0; made.size() < phrases; tries++) {
            if (words.length == 0 || tries > 1_000L * phrases) {
                throw new BenchException("%s has too few words to make %,d phrases of".formatted(text.name(), phrases));
            }
            String one = words[random.nextInt(words.length)];
            String other = words[random.nextInt(words.length)];
            String phrase = one.substring(0, one.length() / 2 + 1) + other.substring(other.length() / 2);
            if (!own.contains(phrase)) {
                made.add(phrase);
            }
        }
        return made.stream().map(phrase -> '"' + phrase + '"').collect(Collectors.joining(", "));
    }

    private static List<List<String>> blocks(String text) {
        Encoding encoding = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
        List<List<String>> blocks = new ArrayList<>();
        for (int at = 0; at < text.length(); at += BLOCK) {
            List<String> block = new ArrayList<>();
            IntArrayList tokens = encoding.encodeOrdinary(text.substring(at, Math.min(text.length(), at + BLOCK)));
            for (int i = 0; i < tokens.size(); i++) {
                IntArrayList token = new IntArrayList(1);
                token.add(tokens.get(i));
                block.add(encoding.decode(token));
            }
            blocks.add(block);
        }
        return blocks;
    }

    private void measure(Figures figures, String name, String yaml) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        RuleGates gates = new RuleGates(RuleFile.parse(yaml));
        double readyMillis = (threads.getCurrentThreadCpuTime() - before) / 1e6;
        TokensHeld held = new TokensHeld();
        long findings = 0;
        for (List<String> block : blocks) {
            findings += held.measure(gates.gate(Channel.TEXT), block);
        }
        rounds(gates, warmUp);
        figures.row(name)
                .put("mean tokens held", held.mean())
                .put("p50", held.percentile(0.5))
                .put("p99", held.percentile(0.99))
                .put("p99.9", held.percentile(0.999))
                .put("most", held.percentile(1))
                .put("ns a character", rounds(gates, length))
                .put("tokens", (long) held.count())
                .put("findings", findings)
                .put("ms to prepare", readyMillis);
    }

    /** The median of all rounds, in nanoseconds of processor time for a character. */
    private double rounds(RuleGates gates, Duration time) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Double> rounds = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        do {
            long before = threads.getCurrentThreadCpuTime();
            blocks.forEach(block -> pass(gates.gate(Channel.TEXT), block));
            rounds.add((double) (threads.getCurrentThreadCpuTime() - before)
                    / text.text().length());
        } while (System.nanoTime() < end);
        Collections.sort(rounds);
        return rounds.get(rounds.size() / 2);
    }

    private static void pass(HoldBack gate, List<String> block) {
        block.forEach(gate::append);
        gate.flush();
    }
}
