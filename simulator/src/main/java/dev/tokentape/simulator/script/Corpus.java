package dev.tokentape.simulator.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The stock of sentences and Markdown blocks which answers are composed of, cut into pieces once. */
final class Corpus {

    static final Corpus STOCK = new Corpus(
            resource("sentences.txt").lines().filter(line -> !line.isBlank()).toList(),
            List.of(resource("blocks.md").strip().split("\n====\n")));

    private static final String PARAGRAPH = "\n\n";

    private final List<List<String>> opening;
    private final List<List<String>> following;
    private final List<List<String>> blocks;

    Corpus(List<String> sentences, List<String> blocks) {
        this.opening = sentences.stream().map(Pieces::of).toList();
        this.following =
                sentences.stream().map(sentence -> Pieces.of(" " + sentence)).toList();
        this.blocks = blocks.stream().map(Pieces::of).toList();
    }

    int sentences() {
        return opening.size();
    }

    /** Exactly {@code length} pieces of text: paragraphs, and now and then a block where it fits whole. */
    List<String> compose(RandomGenerator random, int length) {
        var text = new ArrayList<String>(length);
        while (text.size() < length) {
            if (!text.isEmpty()) {
                text.add(PARAGRAPH);
            }
            var block = blocks.get(random.nextInt(blocks.size()));
            if (random.nextInt(4) == 0 && text.size() + block.size() <= length) {
                text.addAll(block);
            } else {
                text.addAll(opening.get(random.nextInt(opening.size())));
                for (int more = 1 + random.nextInt(4); more > 0 && text.size() < length; more--) {
                    text.addAll(following.get(random.nextInt(following.size())));
                }
            }
        }
        boolean whole = text.size() == length;
        var cut = new ArrayList<>(text.subList(0, length));
        if (!whole && length > 1) {
            cut.set(length - 1, ".");
        }
        return cut;
    }

    private static String resource(String name) {
        try (InputStream in = Corpus.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the simulator's jar lacks its text " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read the simulator's text " + name, unreadable);
        }
    }
}
