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
record TurnSizes(int inputTokens, String lastUserText) {

    /** Of one text of the user's. */
    static TurnSizes ofText(String text) {
        return new TurnSizes(3 + SimulatedRequest.inputTokens(text), text);
    }

    /** Of an array of turns that tell their text as {@code textOf} reads it. */
    static TurnSizes of(JsonNode turns, Function<JsonNode, String> textOf) {
        return of(turns, textOf, "");
    }

    /** The same; a turn without a role has {@code defaultRole}. */
    static TurnSizes of(JsonNode turns, Function<JsonNode, String> textOf, String defaultRole) {
        int inputTokens = 3;
        String lastUserText = "";
        for (JsonNode turn : turns) {
            String text = textOf.apply(turn);
            inputTokens += SimulatedRequest.inputTokens(text);
            if (turn.path("role").asText(defaultRole).equals("user") && !text.isEmpty()) {
                lastUserText = text;
            }
        }
        return new TurnSizes(inputTokens, lastUserText);
    }

    /** The same with so much text before them. */
    TurnSizes after(String system) {
        return new TurnSizes(inputTokens + SimulatedRequest.inputTokens(system), lastUserText);
    }
}
