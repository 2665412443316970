package dev.tokentape.gateway.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.topic.RecordLimits;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** Reads what clients send as JSON: one object, nothing after it, no field twice, not too deep. */
public final class JsonBody {

    private static final int MAX_DEPTH = 200;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(RecordLimits.MAX_RECORD_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Pattern PARSER_TALK = Pattern.compile(" ?\\(start marker at .*\\)$", Pattern.DOTALL);

    private JsonBody() {}

    /** What is wrong, without the parser's talk of its own settings. */
    private static String inOurWords(JsonProcessingException e) {
        return PARSER_TALK.matcher(e.getOriginalMessage()).replaceAll("");
    }

    /**
     * The object that the bytes hold.
     *
     * @throws ProblemException naming line and column if they hold no JSON; saying so if it is no object
     */
    public static ObjectNode object(byte[] body) {
        JsonNode read;
        try {
            read = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            JsonLocation where = e.getLocation();
            int line = where == null ? 1 : where.getLineNr();
            int column = where == null ? 1 : where.getColumnNr();
            throw Problem.malformedJson("line %d, column %d: %s".formatted(line, column, inOurWords(e)), line, column)
                    .asException();
        } catch (IOException e) {
            throw Problem.malformedJson("the bytes are not UTF-8: " + e.getMessage(), 1, 1)
                    .asException();
        }
        if (read.isMissingNode()) {
            throw Problem.malformedJson("the body is empty; expected a JSON object", 1, 1)
                    .asException();
        }
        if (read instanceof ObjectNode object) {
            return object;
        }
        throw Problem.invalidRequest(
                        List.of(new Problem.Fault("", "expected a JSON object, found " + Fields.kind(read))))
                .asException();
    }
}
