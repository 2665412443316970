package dev.tokentape.processor.moderation.json;

import dev.tokentape.processor.moderation.gate.Finding;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.processor.moderation.rules.Action;
import java.util.ArrayList;
import java.util.List;

/** The gate of a tool call that is shown only when it is whole, so that nobody acts on half of one that is blocked. */
public final class WholeCallGate implements HoldBack {

    private final HoldBack judging;
    private final int most;
    private final String ruleSetVersion;
    private final StringBuilder waiting = new StringBuilder();
    private int taken;
    private boolean ended;

    /** @param most characters that are held; a longer call ends the answer */
    public WholeCallGate(HoldBack judging, int most, String ruleSetVersion) {
        this.judging = judging;
        this.most = most;
        this.ruleSetVersion = ruleSetVersion;
    }

    @Override
    public Released append(String text) {
        if (ended) {
            return Released.NOTHING;
        }
        // Up to the limit and no further: which of limit and rule comes first must not depend on the cutting.
        String fits = text.substring(0, Math.min(text.length(), most - taken));
        taken += fits.length();
        List<Finding> findings = take(judging.append(fits));
        if (!ended && fits.length() < text.length()) {
            ended = true;
            findings.add(new Finding(
                    "hold_tool_calls",
                    "limit",
                    new Action.Block(),
                    ruleSetVersion,
                    "the tool call has more than %d characters".formatted(most)));
        }
        return new Released("", findings);
    }

    @Override
    public Released flush() {
        if (ended) {
            return Released.NOTHING;
        }
        List<Finding> findings = take(judging.flush());
        Released all = new Released(ended ? "" : waiting.toString(), findings);
        waiting.setLength(0);
        return all;
    }

    @Override
    public boolean vouches() {
        return judging.vouches();
    }

    @Override
    public String held() {
        return waiting + judging.held();
    }

    @Override
    public String heldFor() {
        return "hold_tool_calls";
    }

    private List<Finding> take(Released released) {
        waiting.append(released.text());
        ended = released.findings().stream()
                .anyMatch(finding -> finding.action().ends());
        return new ArrayList<>(released.findings());
    }
}
