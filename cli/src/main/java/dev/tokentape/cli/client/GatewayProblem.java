package dev.tokentape.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import okhttp3.Response;

/** The gateway refused a request; the message is what its problem document says. */
public final class GatewayProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_CHARACTERS = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TYPE = "urn:tokentape:problem:";

    private final int status;
    private final String code;

    public GatewayProblem(int status, String message) {
        this(status, message, "");
    }

    private GatewayProblem(int status, String message, String code) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** From a response's status and body, a problem document or not. */
    static GatewayProblem of(int status, String body) {
        try {
            JsonNode problem = JSON.readTree(body);
            String title = problem.path("title").asText();
            String detail = problem.path("detail").asText();
            if (!title.isEmpty() || !detail.isEmpty()) {
                String both = title.isEmpty() || detail.isEmpty() ? title + detail : title + ": " + detail;
                String type = problem.path("type").asText();
                return new GatewayProblem(status, both, type.startsWith(TYPE) ? type.substring(TYPE.length()) : "");
            }
        } catch (JsonProcessingException e) {
            return plain(status, body);
        }
        return plain(status, body);
    }

    /** From a response; a body that cannot be read counts as none. */
    static GatewayProblem of(Response response) {
        String body;
        try {
            body = response.body().string();
        } catch (IOException e) {
            body = "";
        }
        return of(response.code(), body);
    }

    private static GatewayProblem plain(int status, String body) {
        String shortened = body.length() > MOST_CHARACTERS ? body.substring(0, MOST_CHARACTERS) + "…" : body;
        return new GatewayProblem(status, ("the gateway answered HTTP " + status + " " + shortened).strip());
    }

    /** Whether the token is for other conversations. */
    public boolean isOfAnotherConversation() {
        return code.equals("conversation-not-allowed");
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }
}
