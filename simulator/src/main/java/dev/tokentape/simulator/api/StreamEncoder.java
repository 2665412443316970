package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Step;

/** One answer's stream in an API's wire format; keeps what the format needs to remember between steps. */
public interface StreamEncoder {

    /** The wire events of a step, one after the other; empty where the API has none for it. */
    byte[] encode(Step step);

    /** The event with which this API reports an error in the middle of a stream. */
    byte[] error();

    /** An event, framed as it should be, whose JSON is broken. */
    byte[] malformed();

    /** What this API sends, once a second, while it has nothing to say; empty for most. */
    default byte[] keepAlive() {
        return new byte[0];
    }
}
