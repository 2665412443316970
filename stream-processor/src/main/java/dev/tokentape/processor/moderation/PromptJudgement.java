package dev.tokentape.processor.moderation;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rules say about a request.
 *
 * @param request as it may be shown and sent, with masks in it
 * @param verdicts what was flagged or masked
 * @param refusal why it must not be answered; null if it may be
 */
public record PromptJudgement(
        GenerationRequest request,
        List<Verdict> verdicts,
        @Nullable Verdict refusal) {

    public PromptJudgement {
        verdicts = List.copyOf(verdicts);
    }
}
