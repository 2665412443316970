package dev.tokentape.processor.moderation.match;

import dev.tokentape.processor.moderation.normalise.Leet;
import java.util.Arrays;

/** All phrases of one kind as a tree over {@link Leet} classes; node 0 is its root. */
final class Trie {

    private static final int[] NO_PHRASES = {};

    private final TransitionTable edges = new TransitionTable();
    private int[][] phrases = new int[64][];
    private int[] owners = new int[64];
    private int[] parents = new int[64];
    private int[] symbols = new int[64];
    private int[] depths = new int[64];
    private int nodes = 1;

    Trie() {
        phrases[0] = NO_PHRASES;
    }

    void add(int phrase, int rule, int[] meant) {
        int node = 0;
        for (int symbol : meant) {
            int of = Leet.classOf(symbol);
            int child = edges.get(node, of);
            if (child == TransitionTable.NONE) {
                child = newNode(node, of, rule);
                edges.put(node, of, child);
            }
            node = child;
        }
        phrases[node] = Arrays.copyOf(phrases[node], phrases[node].length + 1);
        phrases[node][phrases[node].length - 1] = phrase;
    }

    int size() {
        return nodes;
    }

    int child(int node, int symbolClass) {
        return edges.get(node, symbolClass);
    }

    /** The phrases that end at a node. */
    int[] phrasesAt(int node) {
        return phrases[node];
    }

    /** A rule that a node is on the way to. */
    int ownerOf(int node) {
        return owners[node];
    }

    int parentOf(int node) {
        return parents[node];
    }

    int symbolOf(int node) {
        return symbols[node];
    }

    int depthOf(int node) {
        return depths[node];
    }

    private int newNode(int parent, int symbol, int rule) {
        if (nodes == owners.length) {
            int more = nodes * 2;
            phrases = Arrays.copyOf(phrases, more);
            owners = Arrays.copyOf(owners, more);
            parents = Arrays.copyOf(parents, more);
            symbols = Arrays.copyOf(symbols, more);
            depths = Arrays.copyOf(depths, more);
        }
        phrases[nodes] = NO_PHRASES;
        owners[nodes] = rule;
        parents[nodes] = parent;
        symbols[nodes] = symbol;
        depths[nodes] = depths[parent] + 1;
        return nodes++;
    }
}
