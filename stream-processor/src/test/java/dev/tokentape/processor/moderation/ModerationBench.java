package dev.tokentape.processor.moderation;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.moderation.rules.RuleFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Measures what moderation costs: {@code ModerationBench TEXT-FILE [literals|words] [email]}. The text should not have been
 * written for it; man pages as plain text do well. Rules are the default set with 10,000 phrases made of the text's own
 * syllables, so that they nearly match all the time.
 */
final class ModerationBench {

    private static final int PHRASES = 10_000;
    private static final int BLOCK = 4000;

    private ModerationBench() {}

    public static void main(String[] arguments) throws IOException {
        String text = Files.readString(Path.of(arguments[0]), StandardCharsets.UTF_8);
        List<String> options = List.of(arguments).subList(1, arguments.length);
        long before = System.nanoTime();
        String kind = options.contains("words") ? "words" : "literals";
        RuleGates gates =
                new RuleGates(RuleFile.parse(rules(text, kind, options.contains("email"), options.contains("bare"))));
        System.out.printf("rules ready in %.0f ms%n", (System.nanoTime() - before) / 1e6);
        List<List<String>> blocks = blocks(text);
        hold(gates, blocks);
        for (int round = 0; round < 8; round++) {
            speed(gates, blocks, text.length());
        }
    }

    private static String rules(String text, String kind, boolean email, boolean bare) {
        Random random = new Random(1);
        String[] words = Arrays.stream(text.split("[^A-Za-z]+"))
                .filter(word -> word.length() > 3)
                .distinct()
                .toArray(String[]::new);
        Set<String> own = new HashSet<>(Arrays.asList(words));
        Set<String> made = new HashSet<>();
        while (!bare && made.size() < PHRASES) {
            String one = words[random.nextInt(words.length)];
            String other = words[random.nextInt(words.length)];
            String phrase = one.substring(0, one.length() / 2 + 1) + other.substring(other.length() / 2);
            if (!own.contains(phrase)) {
                made.add(phrase);
            }
        }
        String rules = DefaultRules.yaml();
        if (email) {
            rules = rules.replaceFirst("enabled: false", "enabled: true");
        }
        return rules + "\n  - id: many\n    " + kind + ": ["
                + made.stream().map(phrase -> '"' + phrase + '"').collect(Collectors.joining(", ")) + "]\n";
    }

    /** The text as tokens of an OpenAI model, in blocks as answers have them. */
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

    /** How many more tokens had to come until all of a token's text was out. */
    private static void hold(RuleGates gates, List<List<String>> blocks) {
        List<Integer> held = new ArrayList<>();
        int findings = 0;
        for (List<String> block : blocks) {
            HoldBack gate = gates.gate(Channel.TEXT);
            Deque<Integer> waiting = new ArrayDeque<>();
            for (int i = 0; i < block.size(); i++) {
                findings += gate.append(block.get(i)).findings().size();
                waiting.add(block.get(i).length());
                int open = gate.held().length();
                int behind = 0;
                for (int length : List.copyOf(waiting).reversed()) {
                    if (open <= 0) {
                        break;
                    }
                    open -= length;
                    behind++;
                }
                while (waiting.size() > behind) {
                    waiting.poll();
                    held.add(waiting.size());
                }
            }
            int rest = waiting.size();
            while (!waiting.isEmpty()) {
                waiting.poll();
                held.add(Math.min(rest, waiting.size()));
            }
            findings += gate.flush().findings().size();
        }
        int[] sorted = held.stream().mapToInt(Integer::intValue).sorted().toArray();
        System.out.printf(
                "%d tokens, %d findings; held: mean %.3f tokens, p50 %d, p99 %d, p99.9 %d, most %d%n",
                sorted.length,
                findings,
                Arrays.stream(sorted).average().orElse(0),
                sorted[sorted.length / 2],
                sorted[(int) (sorted.length * 0.99)],
                sorted[(int) (sorted.length * 0.999)],
                sorted[sorted.length - 1]);
    }

    private static void speed(RuleGates gates, List<List<String>> blocks, int characters) {
        long before = System.nanoTime();
        long shown = 0;
        for (List<String> block : blocks) {
            HoldBack gate = gates.gate(Channel.TEXT);
            for (String token : block) {
                shown += gate.append(token).text().length();
            }
            shown += gate.flush().text().length();
        }
        System.out.printf(
                "%.1f ns/character (%d of %d shown)%n",
                (double) (System.nanoTime() - before) / characters, shown, characters);
    }
}
