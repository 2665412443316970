package dev.tokentape.producer.provider.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.Conversation;
import dev.tokentape.producer.provider.turns.Turn;
import dev.tokentape.schemas.avro.GenerationRequest;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How Anthropic's models are told to think, whichever API they are called by. Those before Claude Opus 4.7 take a
 * budget of tokens; later ones think as much as they find right, and take an effort. Who takes what:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html and
 * https://openrouter.ai/docs/cookbook/evaluate-and-optimize/model-migrations/claude-5-5
 */
public final class ClaudeModels {

    /** Least budget that the API takes. */
    public static final int LEAST_BUDGET = 1024;

    /** Least top_p beside thinking. */
    private static final double LEAST_TOP_P = 0.95;

    private static final int MEDIUM_FROM = 4_096;
    private static final int HIGH_FROM = 16_384;
    private static final int MOST_FROM = 49_152;

    private static final Pattern NUMBERED =
            Pattern.compile("claude-(opus|sonnet|haiku)-(\\d{1,2})(?:[-.](\\d{1,2}))?(?!\\d)");
    private static final Pattern ALWAYS_THINKING = Pattern.compile("claude-(?:mythos|fable)");
    private static final Set<String> UNFORCED = Set.of("auto", "none");

    /** How a model takes a wish to think. */
    public enum Thinking {
        /** A budget of tokens. */
        BUDGET,
        /** An effort; unless asked it does not think. */
        EFFORT,
        /** An effort; it thinks unless that is turned off. */
        EFFORT_BY_DEFAULT,
        /** An effort; it always thinks. */
        EFFORT_ALWAYS
    }

    private ClaudeModels() {}

    public static Thinking thinkingOf(String model) {
        if (alwaysThinks(model)) {
            return Thinking.EFFORT_ALWAYS;
        }
        int version = versionOf(model);
        if (version < 407) {
            return Thinking.BUDGET;
        }
        return version < 500 ? Thinking.EFFORT : version < 505 ? Thinking.EFFORT_BY_DEFAULT : Thinking.EFFORT_ALWAYS;
    }

    private static boolean alwaysThinks(String model) {
        return ALWAYS_THINKING.matcher(model.toLowerCase(Locale.ROOT)).find();
    }

    /** 407 for 4.7; 0 where the name tells none, and for names of before Claude 4. */
    private static int versionOf(String model) {
        Matcher name = NUMBERED.matcher(model.toLowerCase(Locale.ROOT));
        return name.find()
                ? Integer.parseInt(name.group(2)) * 100 + (name.group(3) == null ? 0 : Integer.parseInt(name.group(3)))
                : 0;
    }

    /**
     * Sets {@code thinking}, and {@code output_config.effort} where the model takes that.
     *
     * @param maxTokens that a budget must lie below; null where that is left open
     */
    public static void think(
            ObjectNode into, GenerationRequest request, Conversation conversation, @Nullable Integer maxTokens) {
        Thinking thinking = thinkingOf(request.getModel());
        refuseSampling(request, thinking != Thinking.BUDGET);
        refuseBegunAnswer(request.getModel(), conversation);
        Integer budget = request.getThinkingBudget();
        boolean forced = request.getToolChoice() != null && !UNFORCED.contains(request.getToolChoice());
        if (budget == null || budget == 0) {
            if (budget != null || forced && thinking == Thinking.EFFORT_BY_DEFAULT) {
                off(into, thinking);
            }
            return;
        }
        if (forced) {
            throw new UnsupportedRequestException("tool_choice", "Anthropic cannot think and be forced to use a tool");
        }
        if (thinking != Thinking.BUDGET) {
            into.putObject("thinking").put("type", "adaptive");
            into.withObject("/output_config").put("effort", effortFor(budget));
            return;
        }
        boolean below = maxTokens == null || budget < maxTokens;
        if (budget < LEAST_BUDGET || !below) {
            throw new UnsupportedRequestException(
                    "thinking_budget",
                    "Anthropic takes a thinking budget of 0, or of %d tokens up to below max_tokens%s"
                            .formatted(LEAST_BUDGET, maxTokens == null ? "" : " (%d)".formatted(maxTokens)));
        }
        if (request.getTemperature() != null && request.getTemperature() != 1.0) {
            throw new UnsupportedRequestException("temperature", "Anthropic's models think at temperature 1 only");
        }
        if (request.getTopP() != null && request.getTopP() < LEAST_TOP_P) {
            throw new UnsupportedRequestException(
                    "top_p", "Anthropic's models think with a top_p of %s at least".formatted(LEAST_TOP_P));
        }
        if (goesOnWithoutItsThought(conversation)) {
            return;
        }
        into.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
    }

    /** Models from 4.6 on begin their answers themselves, but go on with a turn that they have paused. */
    private static void refuseBegunAnswer(String model, Conversation conversation) {
        boolean themselves = alwaysThinks(model) || versionOf(model) >= 406;
        if (themselves && conversation.endsInBegunAnswer()) {
            throw new UnsupportedRequestException(
                    "messages", "this model begins its answers itself; end with a message of the user's");
        }
    }

    /**
     * Whether the model is in the middle of an answer that does not begin with the thought it had: another model's, one
     * that was masked, or one that the client has begun. The API then refuses to go on thinking, until the answer has
     * ended.
     */
    private static boolean goesOnWithoutItsThought(Conversation conversation) {
        Turn last = conversation.lastOfAssistant();
        return conversation.endsInBegunAnswer()
                || conversation.isWithinAnAnswer() && last != null && !last.beginsWithThought();
    }

    private static void off(ObjectNode into, Thinking thinking) {
        switch (thinking) {
            case BUDGET, EFFORT_BY_DEFAULT -> into.putObject("thinking").put("type", "disabled");
            case EFFORT -> {}
            case EFFORT_ALWAYS ->
                throw new UnsupportedRequestException(
                        "thinking_budget", "this model always thinks; give a small budget for little effort");
        }
    }

    /** Models that set their own effort sample as they find right; those shortly before take one of the two. */
    private static void refuseSampling(GenerationRequest request, boolean ownEffort) {
        if (!ownEffort) {
            boolean one = versionOf(request.getModel()) >= 405
                    || request.getModel().toLowerCase(Locale.ROOT).contains("claude-opus-4-1");
            if (one && request.getTemperature() != null && request.getTopP() != null) {
                throw new UnsupportedRequestException("top_p", "this model takes temperature or top_p, not both");
            }
            return;
        }
        if (request.getTemperature() != null && request.getTemperature() != 1.0) {
            throw new UnsupportedRequestException("temperature", "this model takes no temperature; leave it out");
        }
        if (request.getTopP() != null && request.getTopP() != 1.0) {
            throw new UnsupportedRequestException("top_p", "this model takes no top_p; leave it out");
        }
    }

    private static String effortFor(int budget) {
        if (budget < MEDIUM_FROM) {
            return "low";
        }
        return budget < HIGH_FROM ? "medium" : budget < MOST_FROM ? "high" : "max";
    }
}
