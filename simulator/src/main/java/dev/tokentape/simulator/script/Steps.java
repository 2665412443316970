package dev.tokentape.simulator.script;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * Tells a script step by step. It holds at most the steps of one round (per choice: up to its next token), so an answer
 * whose reader is slow is not generated ahead.
 */
final class Steps implements Iterator<Step> {

    private final Script script;
    private final List<Teller> tellers = new ArrayList<>();
    private final Queue<Step> round = new ArrayDeque<>();
    private boolean ended;

    Steps(Script script) {
        this.script = script;
        for (int choice = 0; choice < script.choices().size(); choice++) {
            tellers.add(new Teller(choice, script.choices().get(choice)));
        }
    }

    @Override
    public boolean hasNext() {
        if (round.isEmpty() && !ended) {
            tellRound();
        }
        return !round.isEmpty();
    }

    @Override
    public Step next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the script has been told");
        }
        return round.remove();
    }

    private void tellRound() {
        boolean beat = true;
        boolean anyLeft = false;
        for (Teller teller : tellers) {
            beat = !teller.tell(round, beat) && beat;
            anyLeft |= !teller.done;
        }
        if (!anyLeft) {
            ended = true;
            round.add(new Step.End(script.usage()));
        }
    }

    /** Where the telling of one choice stands. */
    private static final class Teller {

        private final int choice;
        private final Choice content;
        private boolean begun;
        private int block;
        private int piece = -1;
        private boolean done;

        Teller(int choice, Choice content) {
            this.choice = choice;
            this.content = content;
        }

        /** Adds the steps up to and with the next token, or to the end; true if there was a token. */
        boolean tell(Queue<Step> steps, boolean beat) {
            if (done) {
                return false;
            }
            if (!begun) {
                begun = true;
                steps.add(new Step.ChoiceStart(choice, content));
            }
            while (block < content.blocks().size()) {
                Block current = content.blocks().get(block);
                if (piece < 0) {
                    steps.add(new Step.BlockStart(choice, block, current));
                    piece = 0;
                }
                if (piece < current.pieces().size()) {
                    var position = new Step.Position(block, piece);
                    steps.add(new Step.Token(
                            choice, position, current, current.pieces().get(piece), beat));
                    piece++;
                    return true;
                }
                steps.add(new Step.BlockStop(choice, block, current));
                block++;
                piece = -1;
            }
            done = true;
            steps.add(new Step.ChoiceEnd(choice, content.stop(), content.tokens()));
            return false;
        }
    }
}
