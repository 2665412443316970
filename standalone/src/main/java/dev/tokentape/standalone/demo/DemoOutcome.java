package dev.tokentape.standalone.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What the demonstration showed.
 *
 * @param conversationId the conversation it held
 * @param responseId the answer that was shown
 * @param events how many events that answer has
 * @param missed how many of them the subscriber that was cut off got only after it had come back
 * @param problems what the check found, a sentence each; empty if all is well
 * @param shown figures of the answer that was shown
 * @param fast figures of the answer at full speed
 * @param firstTokenAt when the first piece of text was read, microseconds since 1970 UTC
 */
public record DemoOutcome(
        String conversationId,
        String responseId,
        int events,
        int missed,
        List<String> problems,
        DemoFigures shown,
        DemoFigures fast,
        long firstTokenAt) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public DemoOutcome {
        problems = List.copyOf(problems);
    }

    public boolean passed() {
        return problems.isEmpty();
    }

    /** The table of figures, a line each. */
    public List<String> table() {
        return new FiguresTable(shown, fast).lines();
    }

    /** All of it as one JSON object. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode()
                .put("conversation_id", conversationId)
                .put("response_id", responseId)
                .put("passed", passed())
                .put("events", events)
                .put("missed_and_resumed", missed);
        ArrayNode found = json.putArray("problems");
        problems.forEach(found::add);
        json.set("shown", FiguresTable.json(shown, JSON));
        json.set("fast", FiguresTable.json(fast, JSON));
        return json;
    }
}
