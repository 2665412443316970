package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The content blocks of a Messages request. */
final class AnthropicBlocks {

    /** Looks at one block of one message. */
    @FunctionalInterface
    interface Visitor {

        /** What is wrong with it; null if nothing is. */
        @Nullable
        String at(JsonNode block, String path, String role);
    }

    private AnthropicBlocks() {}

    /** The first complaint about a block of any message; text given as a string is no block. */
    static @Nullable String each(Asked asked, Visitor visitor) {
        return Walk.dotted(
                asked.at("messages"),
                "messages",
                (message, path) -> Walk.dotted(
                        message.path("content"),
                        path + ".content",
                        (block, at) -> visitor.at(block, at, Walk.text(message, "role"))));
    }

    static boolean is(JsonNode block, String type) {
        return Walk.text(block, "type").equals(type);
    }

    static boolean isThinking(JsonNode block) {
        return is(block, "thinking") || is(block, "redacted_thinking");
    }

    /** A member of those blocks of a message that have a type, in their order. */
    static List<String> members(JsonNode message, String type, String member) {
        var members = new ArrayList<String>();
        for (JsonNode block : message.path("content")) {
            if (is(block, type)) {
                members.add(Walk.text(block, member));
            }
        }
        return members;
    }
}
