package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A request as the rules see it.
 *
 * @param body its body, a JSON object
 * @param model the model that it names, in the body or in the path, without settings after a {@code ?}
 */
public record Asked(JsonNode body, String model) {

    /** A member of the body; missing if there is none. */
    JsonNode at(String member) {
        return body.path(member);
    }
}
