package dev.tokentape.simulator.script;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides which tools an answer calls: the forced one; else those which the prompt names, at most two; else, when tools
 * are required or the prompt says "tool" ("tools"), the first (two) on offer.
 */
final class CalledTools {

    private static final Pattern TOOL = Pattern.compile("\\btools?\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern TOOLS = Pattern.compile("\\btools\\b", Pattern.CASE_INSENSITIVE);

    private CalledTools() {}

    static List<ToolOffer.Tool> wantedBy(SimulatedRequest request) {
        ToolOffer offer = request.tools();
        if (offer.use() == ToolOffer.Use.NEVER || request.endsWithToolResults()) {
            return List.of();
        }
        int most = offer.parallel() ? 2 : 1;
        if (offer.forced() != null) {
            return offer.tools().stream()
                    .filter(tool -> tool.name().equals(offer.forced()))
                    .limit(1)
                    .toList();
        }
        String prompt = request.lastUserText().toLowerCase(Locale.ROOT);
        var named = offer.tools().stream()
                .filter(tool -> prompt.contains(tool.name().toLowerCase(Locale.ROOT)))
                .limit(most)
                .toList();
        if (!named.isEmpty()) {
            return named;
        }
        if (offer.use() == ToolOffer.Use.ALWAYS || TOOL.matcher(prompt).find()) {
            return offer.tools().stream()
                    .limit(TOOLS.matcher(prompt).find() ? most : 1)
                    .toList();
        }
        return List.of();
    }

    static List<String> announcement(List<ToolOffer.Tool> tools) {
        return Pieces.of("Let me check with "
                + tools.stream().map(ToolOffer.Tool::name).collect(Collectors.joining(" and ")) + ".");
    }

    static Block.ToolCall call(ToolOffer.Tool tool, String id, RandomGenerator random) {
        String arguments = new ToolArguments(random).matching(tool.schema()).toString();
        return new Block.ToolCall(id, tool.name(), Pieces.evenly(arguments, 4));
    }
}
