package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.script.ToolOffer;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads the tools of a request: of Chat Completions, or of Responses, whose tools are not wrapped. */
final class OpenAiTools {

    private OpenAiTools() {}

    static ToolOffer read(JsonNode body) {
        var tools = new ArrayList<ToolOffer.Tool>();
        for (JsonNode tool : body.path("tools")) {
            JsonNode function = tool.has("function") ? tool.path("function") : tool;
            if (function.hasNonNull("name")) {
                tools.add(new ToolOffer.Tool(function.path("name").asText(), function.path("parameters")));
            }
        }
        if (tools.isEmpty()) {
            return ToolOffer.NONE;
        }
        JsonNode choice = body.path("tool_choice");
        JsonNode named = choice.has("function") ? choice.path("function") : choice;
        @Nullable String forced = named.path("name").textValue();
        ToolOffer.Use use = switch (choice.asText("auto")) {
            case "none" -> ToolOffer.Use.NEVER;
            case "required" -> ToolOffer.Use.ALWAYS;
            default -> ToolOffer.Use.AUTO;
        };
        return new ToolOffer(
                tools, use, forced, body.path("parallel_tool_calls").asBoolean(true));
    }
}
