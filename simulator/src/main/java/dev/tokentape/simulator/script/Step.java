package dev.tokentape.simulator.script;

/** One step of telling a script; an API turns each into none, one or several wire events. */
public sealed interface Step {

    record ChoiceStart(int choice, Choice content) implements Step {}

    record BlockStart(int choice, int index, Block block) implements Step {}

    /**
     * One token.
     *
     * @param position of the block: which of the choice's blocks, and which of its pieces
     * @param beat whether the pace waits before this token; of alternating choices only the first one's does
     */
    record Token(int choice, Position position, Block block, String text, boolean beat) implements Step {}

    record BlockStop(int choice, int index, Block block) implements Step {}

    record ChoiceEnd(int choice, StopReason stop, int tokens) implements Step {}

    record End(TokenCounts usage) implements Step {}

    /** Where a token stands: the index of its block in the choice, and its index in the block. */
    record Position(int block, int piece) {}
}
