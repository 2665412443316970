package dev.tokentape.producer.provider.http;

import dev.tokentape.producer.provider.api.BeginningNote;
import dev.tokentape.schemas.event.SimulatedMark;
import dev.tokentape.schemas.event.TokenEvent;
import okhttp3.Response;

/** Answers of the simulator, which says in a header who it is: marked, so that nobody takes them for the vendor's. */
final class Simulated {

    private static final String SIMULATOR = "tokentape-simulator";

    private Simulated() {}

    /** Whether the simulator sent it. */
    static boolean is(Response response) {
        return SIMULATOR.equals(response.header("Server"));
    }

    /** The event; the beginning of an answer with the mark. */
    static TokenEvent marked(TokenEvent event) {
        return event instanceof TokenEvent.MessageStart start
                ? BeginningNote.on(start, data -> data.put(SimulatedMark.FIELD, true))
                : event;
    }
}
