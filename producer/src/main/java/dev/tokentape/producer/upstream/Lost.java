package dev.tokentape.producer.upstream;

import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;

/**
 * A call, or all calls at one provider, that failed before the first output.
 *
 * @param before what came before the failure and was held back: the beginning of an answer, or nothing
 */
record Lost(TokenEvent.Failed failed, List<TokenEvent> before) {

    /** With one more sentence for people. */
    Lost because(String sentence) {
        if (sentence.isEmpty()) {
            return this;
        }
        ErrorInfo error = failed.error();
        String message = error.getMessage().strip();
        boolean ends = message.endsWith(".") || message.endsWith("!") || message.endsWith("?");
        ErrorInfo told = ErrorInfo.newBuilder(error)
                .setMessage(message + (ends || message.isEmpty() ? " " : ". ") + sentence)
                .build();
        return new Lost(new TokenEvent.Failed(failed.envelope(), told, failed.usage()), before);
    }
}
