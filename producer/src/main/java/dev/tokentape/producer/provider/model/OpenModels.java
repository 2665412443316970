package dev.tokentape.producer.provider.model;

import dev.tokentape.schemas.provider.Habits;
import java.util.Locale;
import java.util.regex.Pattern;

/** What models want that many servers have, known by their names where the server does not say it all. */
public final class OpenModels {

    private static final Pattern ALOUD = Pattern.compile("deepseek|kimi|glm-|minimax|mimo-");
    private static final Pattern MISTRALS =
            Pattern.compile("mistral|mixtral|ministral|devstral|codestral|magistral|pixtral|voxtral");

    private OpenModels() {}

    /** Whether the server, or the model behind it, wants its thinking back with the calls that it led to. */
    public static boolean wantThoughtsWithCalls(Habits habits, String model) {
        return habits.thoughts() == Habits.Thoughts.ALOUD
                || habits.severalVendors()
                        && ALOUD.matcher(model.toLowerCase(Locale.ROOT)).find();
    }

    /** Whether the user may not speak right after a tool. */
    public static boolean wantAssistantAfterTools(Habits habits, String model) {
        return habits.wantsStrictOrder()
                || !habits.isVendor()
                        && MISTRALS.matcher(model.toLowerCase(Locale.ROOT)).find();
    }
}
