package dev.tokentape.simulator.script;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tools which a request offers, and how it wants them used. */
public record ToolOffer(List<Tool> tools, Use use, @Nullable String forced, boolean parallel) {

    /** No tools. */
    public static final ToolOffer NONE = new ToolOffer(List.of(), Use.NEVER, null, false);

    public ToolOffer {
        tools = List.copyOf(tools);
    }

    /** A tool and the JSON schema of its arguments. */
    public record Tool(String name, JsonNode schema) {}

    /** Whether tools are called: as the model sees fit, always, or never. */
    public enum Use {
        AUTO,
        ALWAYS,
        NEVER
    }
}
