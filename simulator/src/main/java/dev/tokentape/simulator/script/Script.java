package dev.tokentape.simulator.script;

import java.util.Iterator;
import java.util.List;

/** Everything that an answer will say, before any API's wire format. */
public record Script(List<Choice> choices, int inputTokens) {

    public Script {
        choices = List.copyOf(choices);
    }

    /** The token counts of the whole answer. */
    public TokenCounts usage() {
        int output = 0;
        int thinking = 0;
        for (Choice choice : choices) {
            output += choice.tokens();
            for (Block block : choice.blocks()) {
                if (block instanceof Block.Thinking) {
                    thinking += block.pieces().size();
                }
            }
        }
        return new TokenCounts(inputTokens, output, thinking);
    }

    /** The text of the first choice. */
    public String text() {
        return choices.getFirst().text();
    }

    /** The answer step by step, made as it is asked for; choices alternate token by token. */
    public Iterator<Step> steps() {
        return new Steps(this);
    }
}
