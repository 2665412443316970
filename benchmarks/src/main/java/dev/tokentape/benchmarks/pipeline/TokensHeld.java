package dev.tokentape.benchmarks.pipeline;

import dev.tokentape.processor.moderation.gate.HoldBack;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** How many more tokens had to come, for each token, until all of its text was out. */
final class TokensHeld {

    private final List<Integer> held = new ArrayList<>();

    /** Sends a block through its gate; returns how often rules found something. */
    long measure(HoldBack gate, List<String> block) {
        long findings = 0;
        Deque<Integer> waiting = new ArrayDeque<>();
        for (String token : block) {
            findings += gate.append(token).findings().size();
            waiting.add(token.length());
            int still = stillWaiting(waiting, gate.held().length());
            while (waiting.size() > still) {
                waiting.poll();
                held.add(waiting.size());
            }
        }
        while (!waiting.isEmpty()) {
            waiting.poll();
            held.add(waiting.size());
        }
        return findings + gate.flush().findings().size();
    }

    /** The last tokens, of which some characters are held. */
    private static int stillWaiting(Deque<Integer> waiting, int characters) {
        int open = characters;
        int tokens = 0;
        for (int length : List.copyOf(waiting).reversed()) {
            if (open <= 0) {
                break;
            }
            open -= length;
            tokens++;
        }
        return tokens;
    }

    int count() {
        return held.size();
    }

    double mean() {
        return held.stream().mapToInt(Integer::intValue).average().orElse(0);
    }

    long percentile(double part) {
        Collections.sort(held);
        return held.isEmpty() ? 0 : held.get((int) Math.min(held.size() - 1L, (long) (held.size() * part)));
    }
}
