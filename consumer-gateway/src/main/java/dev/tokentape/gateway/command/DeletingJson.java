package dev.tokentape.gateway.command;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** What a client gets for an order to delete a conversation. */
public final class DeletingJson {

    private DeletingJson() {}

    /** Writes the fields into an open object. */
    public static void writeFields(JsonGenerator json, String conversationId, Intake.Deleting deleting)
            throws IOException {
        json.writeStringField("conversation_id", conversationId);
        json.writeStringField("deletion_id", deleting.deletionId());
        json.writeStringField("status", "deleting");
        json.writeStringField("cursor", deleting.cursor());
    }
}
