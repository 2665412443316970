package dev.tokentape.cli.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** A question as the gateway reads it. */
final class QuestionJson {

    private QuestionJson() {}

    static ObjectNode of(Question question) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (question.attachments().isEmpty()) {
            body.put("prompt", question.prompt());
        } else {
            // Messages stand alone unless they say that they join the conversation, as a prompt does by itself.
            body.put("join_history", true);
            ArrayNode parts =
                    body.putArray("messages").addObject().put("role", "user").putArray("content");
            question.attachments().forEach(attachment -> attachment.writeTo(parts.addObject()));
            parts.addObject().put("type", "text").put("text", question.prompt());
        }
        if (question.system() != null) {
            body.put("system", question.system());
        }
        if (question.provider() != null) {
            body.put("provider", question.provider());
        }
        if (question.model() != null) {
            body.put("model", question.model());
        }
        Question.Fallback fallback = question.fallback();
        if (fallback != null) {
            ObjectNode other = body.putObject("fallback").put("provider", fallback.provider());
            if (fallback.model() != null) {
                other.put("model", fallback.model());
            }
        }
        if (question.onAttemptLost() != null) {
            body.put("on_attempt_lost", question.onAttemptLost().name().toLowerCase(Locale.ROOT));
        }
        return body;
    }
}
