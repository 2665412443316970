package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.gate.TextHold;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A text whose blocks are judged each by itself: where no rule looks at what stands in two of them. */
final class SeparateBlocks implements TextHold {

    private final Supplier<HoldBack> gates;
    private final List<Finding> findings = new ArrayList<>();
    private HoldBack gate;
    private String waiting = "";
    private boolean over;

    /** @param gates makes the gate of each block */
    SeparateBlocks(Supplier<HoldBack> gates) {
        this.gates = gates;
        this.gate = gates.get();
    }

    @Override
    public void take(String text) {
        collect(gate.append(text));
    }

    @Override
    public void endBlock() {
        collect(gate.flush());
        over = true;
    }

    @Override
    public void end() {
        if (!over) {
            endBlock();
        }
    }

    @Override
    public Released release() {
        if (waiting.isEmpty() && findings.isEmpty()) {
            return Released.NOTHING;
        }
        Released released = new Released(waiting, findings);
        waiting = "";
        findings.clear();
        return released;
    }

    @Override
    public boolean isClear() {
        return waiting.isEmpty() && gate.held().isEmpty();
    }

    @Override
    public boolean vouches() {
        return gate.vouches();
    }

    @Override
    public boolean nextBlock() {
        if (!over || !waiting.isEmpty()) {
            return false;
        }
        over = false;
        gate = gates.get();
        return true;
    }

    private void collect(Released released) {
        waiting = waiting.isEmpty() ? released.text() : waiting + released.text();
        findings.addAll(released.findings());
    }
}
