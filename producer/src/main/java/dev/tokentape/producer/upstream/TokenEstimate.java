package dev.tokentape.producer.upstream;

import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Tool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many tokens a call will take, roughly, for a budget that must be asked before the call is made. */
final class TokenEstimate {

    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int TOKENS_PER_IMAGE = 1_000;
    private static final int ANSWER_TOKENS = 1_000;

    private TokenEstimate() {}

    /** Four characters a token, a thousand tokens an image, and as many answered as are allowed, else a thousand. */
    static long of(GenerationJob job) {
        GenerationRequest request = job.getRequest();
        long characters = length(request.getSystem()) + length(request.getResponseSchema());
        for (Tool tool : request.getTools()) {
            characters += length(tool.getName()) + length(tool.getDescription()) + length(tool.getParameters());
        }
        characters += charactersOf(job.getHistory()) + charactersOf(request.getMessages());
        Integer answer = request.getMaxTokens();
        return characters / CHARACTERS_PER_TOKEN + (answer == null ? ANSWER_TOKENS : answer);
    }

    private static long charactersOf(List<Message> messages) {
        long characters = 0;
        for (Message message : messages) {
            for (Part part : message.getParts()) {
                boolean media = part.getData() != null || part.getUrl() != null;
                characters += length(part.getText())
                        + length(part.getArguments())
                        + (media ? TOKENS_PER_IMAGE * CHARACTERS_PER_TOKEN : 0);
            }
        }
        return characters;
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
