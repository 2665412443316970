package dev.tokentape.gateway.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.topic.RecordLimits;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what clients send as JSON: one object, nothing after it, no field twice, not too deep. A first look
 * ({@link JsonSurvey}) tells what it takes, so that nothing is built for which there is no room.
 *
 * <p>Names are not kept in the parser's table, which all bodies would share and fill.
 */
public final class JsonBody {

    private static final int MAX_DEPTH = 200;
    private static final int MAX_NAME = 1_000;

    private static final ObjectMapper JSON = new ObjectMapper(
            factory().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());
    /** What names stand twice is seen when the tree is built: to remember all of them takes room too. */
    private static final JsonFactory SURVEYING = factory().build();

    private JsonBody() {}

    private static com.fasterxml.jackson.core.JsonFactoryBuilder factory() {
        return new com.fasterxml.jackson.core.JsonFactoryBuilder()
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(MAX_NAME)
                        .maxStringLength(RecordLimits.MAX_RECORD_BYTES)
                        .build());
    }

    static JsonParser parser(byte[] body) throws IOException {
        return SURVEYING.createParser(body);
    }

    /**
     * The object that the bytes hold.
     *
     * @param body that was surveyed
     * @throws ProblemException naming line and column if a field stands twice
     */
    static ObjectNode object(byte[] body) {
        try {
            JsonNode read = JSON.readTree(body);
            if (read instanceof ObjectNode object) {
                return object;
            }
            throw new IllegalArgumentException("the body was not surveyed");
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** In our words alone: the parser's quote the body. */
    static ProblemException malformed(IOException failure) {
        String what = switch (failure) {
            case StreamConstraintsException _ ->
                ("is nested deeper than %d levels, or has a name of more than %d characters, or a number of "
                                + "more than 1000 digits")
                        .formatted(MAX_DEPTH, MAX_NAME);
            case JsonEOFException _ -> "ends before it is whole";
            case JsonProcessingException e when isDuplicate(e) -> "a field stands here for the second time";
            default -> "is not JSON from here on";
        };
        return malformed(what, failure instanceof JsonProcessingException e ? e.getLocation() : null);
    }

    static ProblemException malformed(String what, @Nullable JsonLocation where) {
        int line = where == null ? 1 : where.getLineNr();
        int column = where == null ? 1 : where.getColumnNr();
        return Problem.malformedJson("line %d, column %d: %s".formatted(line, column, what), line, column)
                .asException();
    }

    private static boolean isDuplicate(JsonProcessingException e) {
        return e.getOriginalMessage() != null && e.getOriginalMessage().startsWith("Duplicate field");
    }
}
