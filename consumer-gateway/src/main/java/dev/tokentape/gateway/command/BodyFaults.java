package dev.tokentape.gateway.command;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.Problem.Fault;
import dev.tokentape.gateway.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with one body, all told at once: at most {@value #MOST} faults, {@value #MOST_UNKNOWN} of them names
 * that are not known. With the next one reading stops, for a body of a few bytes a fault could make an answer many
 * times its size.
 */
public final class BodyFaults {

    static final int MOST = 100;
    static final int MOST_UNKNOWN = 10;

    /** A pointer is made of the client's own names, and a detail may quote one. */
    private static final int MOST_CHARACTERS = 500;

    private final List<Fault> noted = new ArrayList<>();
    private int unknown;

    /** @throws ProblemException if there are more than are told */
    public void add(String pointer, String detail) {
        if (noted.size() == MOST) {
            throw Problem.invalidRequestCutShort(noted).asException();
        }
        noted.add(new Fault(cut(pointer), cut(detail)));
    }

    /** Notes a name that nobody asks for. @throws ProblemException if there are more than are told */
    void unknown(String pointer, Iterable<String> known) {
        if (unknown == MOST_UNKNOWN) {
            throw Problem.invalidRequestCutShort(noted).asException();
        }
        unknown++;
        add(pointer, "is not known here; known are " + String.join(", ", known));
    }

    public boolean isEmpty() {
        return noted.isEmpty();
    }

    /** @throws ProblemException naming all, if anything is wrong */
    public void throwIfAny() {
        if (!noted.isEmpty()) {
            throw Problem.invalidRequest(noted).asException();
        }
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
    }
}
