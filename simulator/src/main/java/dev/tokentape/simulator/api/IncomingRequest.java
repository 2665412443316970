package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.SettingsReader;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A POST as it came in: its decoded path, its query, its headers by lower-case name, and its body. */
public final class IncomingRequest {

    private static final Pattern AWS_SIGNATURE = Pattern.compile("AWS4-[A-Z0-9-]+ .*?Credential=([^/,]+)");

    private final String path;
    private final Map<String, String> query;
    private final Map<String, String> headers;
    private final byte[] body;
    private @Nullable JsonNode json;

    public IncomingRequest(String path, Map<String, String> query, Map<String, String> headers, byte[] body) {
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.body = body;
    }

    public String path() {
        return path;
    }

    /** The parameter of this name in the query, or the empty string. */
    public String parameter(String name) {
        return query.getOrDefault(name, "");
    }

    /** The header of this lower-case name, or the empty string. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /**
     * The key given as bearer token, {@code x-api-key}, {@code api-key}, {@code x-goog-api-key}, in the query as {@code
     * key}, or as access key id of an AWS signature, which is not verified; empty if none.
     */
    public String key() {
        String authorization = header("authorization");
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return authorization.substring(7).strip();
        }
        for (String name : new String[] {"x-api-key", "api-key", "x-goog-api-key"}) {
            if (!header(name).isEmpty()) {
                return header(name);
            }
        }
        Matcher signature = AWS_SIGNATURE.matcher(authorization);
        return signature.lookingAt() ? signature.group(1) : parameter("key");
    }

    /** The body as a JSON object. */
    public JsonNode json() throws RequestRefused {
        JsonNode known = json;
        if (known != null) {
            return known;
        }
        try {
            JsonNode read = WireJson.MAPPER.readTree(body);
            if (read != null && read.isObject()) {
                json = read;
                return read;
            }
        } catch (IOException notJson) {
            throw new RequestRefused(400, "The body of the request is not valid JSON.");
        }
        throw new RequestRefused(400, "The body of the request must be a JSON object.");
    }

    /** The settings of this call for a model name with or without settings in it. */
    CallSettings settings(CallSettings defaults, String model) throws RequestRefused {
        var reader = SettingsReader.forCall(defaults, model, header("x-simulate"));
        if (!reader.problems().isEmpty()) {
            throw new RequestRefused(400, "simulator: " + String.join("; ", reader.problems()));
        }
        return reader.settings();
    }

    /** The settings for a replayed recording, whatever API and body the request has. */
    public CallSettings settingsForReplay(CallSettings defaults, String model) throws RequestRefused {
        return settings(defaults, model);
    }

    /** The model which the body names, or the empty string if it is no JSON object or names none. */
    public String modelOrEmpty() {
        try {
            return json().path("model").asText("");
        } catch (RequestRefused notJson) {
            return "";
        }
    }
}
