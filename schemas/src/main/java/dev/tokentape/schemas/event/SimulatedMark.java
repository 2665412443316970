package dev.tokentape.schemas.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** How the beginning of an answer tells that the simulator gave it: a field of its provider data. */
public final class SimulatedMark {

    /** True there where the simulator answered. */
    public static final String FIELD = "simulated";

    private static final ObjectMapper JSON = new ObjectMapper();

    private SimulatedMark() {}

    /** Whether it is there. */
    public static boolean on(TokenEvent.MessageStart start) {
        String data = start.providerData();
        if (data == null || !data.contains(FIELD)) {
            return false;
        }
        try {
            return JSON.readTree(data).path(FIELD).asBoolean();
        } catch (JsonProcessingException _) {
            return false; // Not ours: we write JSON.
        }
    }
}
