package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.script.SimulatedRequest;
import java.util.function.Function;

/**
 * What the turns of a conversation come to.
 *
 * @param inputTokens their size, with three for the request
 * @param lastUserText the text of the last user's turn that has one, empty where none has
 */
record Turns(int inputTokens, String lastUserText) {

    /** Of one text of the user's. */
    static Turns ofText(String text) {
        return new Turns(3 + SimulatedRequest.inputTokens(text), text);
    }

    /** Of an array of turns that tell their text as {@code textOf} reads it. */
    static Turns of(JsonNode turns, Function<JsonNode, String> textOf) {
        return of(turns, textOf, "");
    }

    /** The same; a turn without a role has {@code defaultRole}. */
    static Turns of(JsonNode turns, Function<JsonNode, String> textOf, String defaultRole) {
        int inputTokens = 3;
        String lastUserText = "";
        for (JsonNode turn : turns) {
            String text = textOf.apply(turn);
            inputTokens += SimulatedRequest.inputTokens(text);
            if (turn.path("role").asText(defaultRole).equals("user") && !text.isEmpty()) {
                lastUserText = text;
            }
        }
        return new Turns(inputTokens, lastUserText);
    }

    /** The same with so much text before them. */
    Turns after(String system) {
        return new Turns(inputTokens + SimulatedRequest.inputTokens(system), lastUserText);
    }
}
