package dev.tokentape.producer.provider.model;

import dev.tokentape.producer.provider.api.RequestFields;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.provider.Habits;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What models want that many servers have, known by their names where the server does not say it all. */
public final class OpenModels {

    private static final Pattern ALOUD = Pattern.compile("deepseek|kimi|glm-|minimax|mimo-");
    /** Models that think unless they are told not to, and cannot be forced to anything while they do. */
    private static final Pattern UNFORCED =
            Pattern.compile("deepseek-(?:reasoner|v(?:[4-9]|\\d\\d)).*|kimi-k(?:2\\.[5-9]|2-thinking|[3-9]).*");

    private static final Pattern MISTRALS =
            Pattern.compile("mistral|mixtral|ministral|devstral|codestral|magistral|pixtral|voxtral");

    private OpenModels() {}

    /** Whether the server, or the model behind it, wants its thinking back with the calls that it led to. */
    public static boolean wantThoughtsWithCalls(Habits habits, String model) {
        return habits.thoughts() == Habits.Thoughts.ALOUD
                || habits.severalVendors()
                        && ALOUD.matcher(model.toLowerCase(Locale.ROOT)).find();
    }

    /**
     * Refuses what a model that thinks aloud does not do meanwhile: DeepSeek's and Moonshot's use no tool because they
     * must, and DeepSeek's go on from no words but their own. Where that is told stands in the simulator's list of what
     * vendors refuse.
     */
    public static void refuseForcing(Habits habits, GenerationRequest request, Conversation conversation) {
        String model = request.getModel().toLowerCase(Locale.ROOT);
        if (habits.thoughts() != Habits.Thoughts.ALOUD || !thinks(model, request.getExtra())) {
            return;
        }
        String choice = request.getToolChoice();
        if (choice != null && !choice.equals("auto") && !choice.equals("none")) {
            throw new UnsupportedRequestException(
                    "tool_choice",
                    "this model cannot think and be forced to use a tool; turn its thinking off by extra:"
                            + " {\"thinking\":{\"type\":\"disabled\"}}");
        }
        if (model.startsWith("deepseek") && conversation.endsInBegunAnswer()) {
            throw new UnsupportedRequestException(
                    "messages", "this model begins its answers itself; end with a message of the user's");
        }
    }

    private static boolean thinks(String model, @Nullable String extra) {
        String told = extra == null || extra.isBlank()
                ? ""
                : RequestFields.object(extra, "extra")
                        .path("thinking")
                        .path("type")
                        .asText();
        return told.equals("enabled")
                || !told.equals("disabled") && UNFORCED.matcher(model).matches();
    }

    /** Whether the user may not speak right after a tool. */
    public static boolean wantAssistantAfterTools(Habits habits, String model) {
        return habits.wantsStrictOrder()
                || !habits.isVendor()
                        && MISTRALS.matcher(model.toLowerCase(Locale.ROOT)).find();
    }
}
