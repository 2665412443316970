package dev.tokentape.simulator.strict;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** What one vendor enforces on the bodies of one API, in the order in which it complains. Immutable. */
public final class ApiRules {

    /** Enforces nothing. */
    public static final ApiRules NONE = new ApiRules(List.of());

    private final List<VendorRule> rules;

    ApiRules(List<VendorRule> rules) {
        this.rules = List.copyOf(rules);
        var names = new HashSet<String>();
        for (VendorRule rule : rules) {
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException("two rules are called " + rule.name());
            }
        }
    }

    /** The rules, those first about which the vendor complains first. */
    public List<VendorRule> rules() {
        return rules;
    }

    /** The first rule that a body breaks; empty if the vendor would take it. */
    public Optional<Violation> firstBroken(Asked asked) {
        for (VendorRule rule : rules) {
            String complaint = rule.check().complaint(asked);
            if (complaint != null) {
                return Optional.of(new Violation(rule.name(), complaint));
            }
        }
        return Optional.empty();
    }
}
