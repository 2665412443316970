package dev.tokentape.producer.provider.turns;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ids for the tool calls of one conversation, as one API takes them. A lawful one stays as it is; any other becomes a
 * digest of it, the same in every later request, and never that of another call.
 */
final class CallIds {

    private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private final CallIdRule rule;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, String> made = new HashMap<>();
    private final Set<String> inTurn = new HashSet<>();

    /** @param all ids of the conversation's calls, of which the lawful ones are kept free of others */
    CallIds(CallIdRule rule, List<String> all) {
        this.rule = rule;
        all.stream().filter(rule::allows).forEach(taken::add);
    }

    /** Another turn begins: no API takes one id for two calls of one turn, though most take it for calls of two. */
    void turnBegins() {
        inTurn.clear();
    }

    /** The id of the turn's next call. */
    String next(String id) {
        int use = uses.merge(id, 1, Integer::sum);
        String lawful = lawful(id, use);
        if (inTurn.add(lawful)) {
            return lawful;
        }
        String other = make(id, use);
        inTurn.add(other);
        return other;
    }

    private String lawful(String id, int use) {
        if (rule.allows(id) && (use == 1 || !rule.unique())) {
            return id;
        }
        return rule.unique() ? make(id, use) : made.computeIfAbsent(id, given -> make(given, 1));
    }

    private String make(String id, int use) {
        for (int salt = 0; ; salt++) {
            String candidate = rule.prefix()
                    + letters(
                            "%d %d %s".formatted(use, salt, id),
                            rule.length() - rule.prefix().length());
            if (taken.add(candidate)) {
                return candidate;
            }
        }
    }

    /** Letters and digits that stand for a text. */
    static String letters(String of, int characters) {
        byte[] digest = digest(of);
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            letters.append(LETTERS.charAt((digest[i] & 0xff) % LETTERS.length()));
        }
        return letters.toString();
    }

    private static byte[] digest(String of) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(of.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
