package dev.tokentape.gateway.command;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Writes the answer to an ask that was accepted. */
public final class AcceptedJson {

    private AcceptedJson() {}

    /**
     * The fields, into an object that the caller has opened.
     *
     * @param status the answer's, as {@link AskSending} tells it
     */
    public static void writeFields(JsonGenerator json, Intake.Accepted accepted, String status) throws IOException {
        String self = address(accepted.conversationId(), accepted.responseId());
        json.writeStringField("conversation_id", accepted.conversationId());
        json.writeStringField("response_id", accepted.responseId());
        if (accepted.continues() != null) {
            json.writeStringField("continues", accepted.continues());
        }
        json.writeStringField("status", status);
        json.writeStringField("cursor", accepted.cursor());
        json.writeObjectFieldStart("links");
        json.writeStringField("self", self);
        json.writeStringField("events", self + "/events");
        json.writeStringField("cancel", self + "/cancel");
        json.writeEndObject();
    }

    public static String address(String conversationId, String responseId) {
        return "/v1/conversations/" + conversationId + "/responses/" + responseId;
    }
}
