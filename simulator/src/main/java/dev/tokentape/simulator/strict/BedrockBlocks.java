package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The content blocks of a Converse request. */
final class BedrockBlocks {

    /** Looks at one block of one message. */
    @FunctionalInterface
    interface Visitor {

        /** What is wrong with it; null if nothing is. */
        @Nullable
        String at(JsonNode block, String path, String role);
    }

    private BedrockBlocks() {}

    /** The first complaint about a block of any message. */
    static @Nullable String each(Asked asked, Visitor visitor) {
        return Walk.dotted(
                asked.at("messages"),
                "messages",
                (message, path) -> Walk.dotted(
                        message.path("content"),
                        path + ".content",
                        (block, at) -> visitor.at(block, at, Walk.text(message, "role"))));
    }

    /** The ids of a message's blocks of one kind. */
    static List<String> ids(JsonNode message, String kind) {
        var ids = new ArrayList<String>();
        for (JsonNode block : message.path("content")) {
            if (block.has(kind)) {
                ids.add(Walk.text(block.path(kind), "toolUseId"));
            }
        }
        return ids;
    }

    /** A complaint in the words of Bedrock's own validation, which counts members instead of indexing them. */
    static String constraint(String value, String path, String constraint) {
        String member = path.replaceAll("\\.(\\d+)", ".$1.member");
        return "1 validation error detected: Value '" + value + "' at '" + member + "' failed to satisfy constraint: "
                + constraint;
    }

    /** A complaint that comes from the model's own vendor. */
    static @Nullable String fromModel(@Nullable String complaint) {
        return complaint == null ? null : "The model returned the following errors: " + complaint;
    }
}
