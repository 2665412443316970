package dev.tokentape.simulator.strict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The functions and the settings of a generateContent request. */
final class GeminiTools {

    static final List<VendorRule> RULES = List.of(
            new VendorRule("gemini.function-name", GeminiTools::functionName),
            new VendorRule("gemini.functions-unique", GeminiTools::uniqueFunctions),
            new VendorRule("gemini.choice-without-functions", GeminiTools::choiceWithoutFunctions),
            new VendorRule("gemini.allowed-names-need-any", GeminiTools::allowedNamesNeedAny),
            new VendorRule("gemini.stop-sequences", GeminiTools::stopSequences),
            new VendorRule("gemini.temperature", GeminiTools::temperature),
            new VendorRule("gemini.level-or-budget", GeminiTools::levelOrBudget));

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}");
    private static final int MOST_STOPS = 5;
    private static final double HOTTEST = 2;

    private GeminiTools() {}

    private static @Nullable String functions(Asked asked, Walk.Visitor visitor) {
        return Walk.bracketed(
                asked.at("tools"),
                "tools",
                (tool, path) ->
                        Walk.bracketed(tool.path("functionDeclarations"), path + ".function_declarations", visitor));
    }

    private static @Nullable String functionName(Asked asked) {
        return functions(
                asked,
                (function, path) -> NAME.matcher(Walk.text(function, "name")).matches()
                        ? null
                        : "* GenerateContentRequest." + path
                                + ".name: Invalid function name. Must start with a letter or an underscore. "
                                + "Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons "
                                + "(:), or dashes (-), with a maximum length of 64.");
    }

    private static @Nullable String uniqueFunctions(Asked asked) {
        var seen = new HashSet<String>();
        return functions(
                asked,
                (function, path) -> seen.add(Walk.text(function, "name"))
                        ? null
                        : "Duplicate function declaration found: " + Walk.text(function, "name"));
    }

    private static @Nullable String choiceWithoutFunctions(Asked asked) {
        boolean choice = asked.at("toolConfig").has("functionCallingConfig");
        return choice && functions(asked, (function, path) -> path) == null
                ? "Function calling config is set without function_declarations."
                : null;
    }

    private static @Nullable String allowedNamesNeedAny(Asked asked) {
        JsonNode config = asked.at("toolConfig").path("functionCallingConfig");
        String mode = config.path("mode").asText("AUTO");
        if (config.path("allowedFunctionNames").isEmpty()) {
            return null;
        }
        if (!mode.equals("ANY") && !mode.equals("VALIDATED")) {
            return "Allowed function names may only be set when the function calling mode is ANY or VALIDATED.";
        }
        return Walk.bracketed(
                config.path("allowedFunctionNames"),
                "allowed_function_names",
                (name, path) -> functions(
                                        asked,
                                        (function, at) ->
                                                Walk.text(function, "name").equals(name.asText()) ? at : null)
                                != null
                        ? null
                        : "Allowed function name " + name.asText() + " is not among the function_declarations.");
    }

    private static @Nullable String stopSequences(Asked asked) {
        JsonNode stops = asked.at("generationConfig").path("stopSequences");
        if (stops.size() > MOST_STOPS) {
            return "The number of stop sequences must be at most " + MOST_STOPS + ".";
        }
        return Walk.bracketed(
                stops,
                "generation_config.stop_sequences",
                (stop, path) -> stop.asText("").isEmpty()
                        ? "* GenerateContentRequest." + path + ": stop sequence must not be empty"
                        : null);
    }

    private static @Nullable String temperature(Asked asked) {
        double temperature = asked.at("generationConfig").path("temperature").asDouble();
        return temperature < 0 || temperature > HOTTEST
                ? "* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0]."
                : null;
    }

    private static @Nullable String levelOrBudget(Asked asked) {
        JsonNode thinking = asked.at("generationConfig").path("thinkingConfig");
        return thinking.has("thinkingBudget") && thinking.has("thinkingLevel")
                ? "You can only set only one of thinking budget and thinking level."
                : null;
    }
}
