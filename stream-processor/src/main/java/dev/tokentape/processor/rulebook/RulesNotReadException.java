package dev.tokentape.processor.rulebook;

/**
 * A request is to be judged by rules that this process has not read yet. What follows from the request must not depend
 * on when it is folded, so its task fails and begins again there.
 */
final class RulesNotReadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RulesNotReadException(String version) {
        super("the moderation rules of version " + version
                + ", which a request was stamped with, are not on the topic of rules, or were not read from it in time;"
                + " publish that file again with: tokentape rules publish FILE");
    }
}
