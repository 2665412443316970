package dev.tokentape.producer.upstream;

import dev.tokentape.producer.provider.api.BeginningNote;
import dev.tokentape.schemas.event.TokenEvent;

/**
 * Where an answer was asked for first, and by what error it was not given there.
 *
 * @param code of the error
 */
record Origin(String provider, String model, String code) {

    /** The beginning of the answer elsewhere, which tells it in its provider data as {@code fallback_from}. */
    TokenEvent.MessageStart toldBy(TokenEvent.MessageStart start) {
        return BeginningNote.on(
                start,
                data -> data.putObject("fallback_from")
                        .put("provider", provider)
                        .put("model", model)
                        .put("code", code));
    }
}
