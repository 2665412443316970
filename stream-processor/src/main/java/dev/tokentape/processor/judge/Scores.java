package dev.tokentape.processor.judge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.processor.fold.ModerationQuestion;
import dev.tokentape.processor.moderation.rules.JudgePolicy;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a moderation service says of a text. */
final class Scores {

    /** What is made of them. */
    record Opinion(
            ModerationQuestion.Answer answer,
            String category,
            @Nullable String reason) {}

    /** Readers see the category, so it must be a word of a service and no text. */
    private static final Pattern CATEGORY = Pattern.compile("[a-zA-Z0-9_./ -]{1,64}");

    private final JsonNode results;

    /** @param reply an answer of the service, in the format of OpenAI's moderation endpoint */
    Scores(JsonNode reply) throws ServiceException {
        results = reply.path("results");
        if (!results.isArray() || results.isEmpty()) {
            throw new ServiceException("bad_reply", "the moderation service's reply has no results");
        }
        for (JsonNode result : results) {
            if (!result.path("flagged").isBoolean()) {
                throw new ServiceException("bad_reply", "the moderation service's reply does not say what is flagged");
            }
        }
    }

    /**
     * Judges: where the policy has thresholds they alone count, else what the service has flagged. Of several
     * categories the one with the highest score is named.
     */
    Opinion by(JudgePolicy policy) throws ServiceException {
        Map<String, Double> objected = new TreeMap<>();
        for (JsonNode result : results) {
            JsonNode scores = result.path("category_scores");
            if (policy.thresholds().isEmpty()) {
                if (result.path("flagged").booleanValue()) {
                    objected.putIfAbsent("flagged", 0.0);
                    result.path("categories").properties().forEach(category -> {
                        if (category.getValue().asBoolean()) {
                            objected.put(
                                    category.getKey(),
                                    scores.path(category.getKey()).asDouble());
                        }
                    });
                }
                continue;
            }
            for (Map.Entry<String, Double> threshold : policy.thresholds().entrySet()) {
                JsonNode score = scores.path(threshold.getKey());
                if (!score.isNumber()) {
                    throw new ServiceException(
                            "bad_reply", "the moderation service has no score for the category " + threshold.getKey());
                }
                if (score.doubleValue() >= threshold.getValue()) {
                    objected.put(threshold.getKey(), score.doubleValue());
                }
            }
        }
        if (objected.size() > 1) {
            objected.remove("flagged");
        }
        return objected.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(worst -> new Opinion(
                        ModerationQuestion.Answer.OBJECT,
                        CATEGORY.matcher(worst.getKey()).matches() ? worst.getKey() : "other",
                        "score %s".formatted(String.format(Locale.ROOT, "%.2f", worst.getValue()))))
                .orElseGet(() -> new Opinion(ModerationQuestion.Answer.PASS, "none", null));
    }
}
