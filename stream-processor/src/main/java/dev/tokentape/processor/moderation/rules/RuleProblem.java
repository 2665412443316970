package dev.tokentape.processor.moderation.rules;

/**
 * Something wrong in a rule file.
 *
 * @param line from 1
 * @param message what, and where it helps what to write instead
 */
public record RuleProblem(int line, String message) {

    @Override
    public String toString() {
        return "line " + line + ": " + message;
    }
}
