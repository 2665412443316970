package dev.tokentape.gateway.command;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.Problem.Fault;
import dev.tokentape.gateway.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A first look at a body, token by token, which keeps nothing: whether it is one JSON object, whether its names are
 * known, and how much memory it takes to read it into a tree and to hand on what it says. A few bytes can make a tree
 * of many times their size, so the bytes alone say little.
 *
 * <p>The weights are what Jackson's nodes take on a 64-bit JVM with compressed references, rounded up, and what the
 * records take that are made from them.
 */
final class JsonSurvey {

    private static final int OBJECT = 208;
    /** Its name, the map's entry, its place in the table, and in that of names that have been seen. */
    private static final int MEMBER = 208;

    private static final int ARRAY = 104;
    private static final int STRING = 64;
    private static final int NUMBER = 72;
    private static final int PLACE_IN_ARRAY = 16;

    /** The buffers of the parser while it reads a long string, then those of encoding the record; never both. */
    private static final int COPIES = 4;

    private final JsonParser parser;
    private final BodyFaults faults = new BodyFaults();
    private final ArrayDeque<Shape> open = new ArrayDeque<>();
    private Shape next;
    private long cost;

    private JsonSurvey(JsonParser parser, Shape shape) {
        this.parser = parser;
        this.next = shape;
    }

    /**
     * The bytes of memory that reading the body takes beside its own.
     *
     * @throws ProblemException if it is no JSON object, or has more than {@value BodyFaults#MOST_UNKNOWN} unknown names
     */
    static long costOf(byte[] body, Shape shape) {
        if (!Utf8.isValid(body)) {
            throw Problem.malformedJson("the bytes are not UTF-8", 1, 1).asException();
        }
        try (JsonParser parser = JsonBody.parser(body)) {
            JsonSurvey survey = new JsonSurvey(parser, shape);
            survey.read();
            long characters = Utf8.hasOnlyNarrow(body) ? body.length : 2L * body.length;
            return survey.cost + characters + (long) COPIES * body.length;
        } catch (IOException e) {
            throw JsonBody.malformed(e);
        }
    }

    private void read() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw Problem.malformedJson("the body is empty; expected a JSON object", 1, 1)
                    .asException();
        }
        if (first != JsonToken.START_OBJECT) {
            throw Problem.invalidRequest(List.of(new Fault("", "expected a JSON object, found " + kind(first))))
                    .asException();
        }
        for (JsonToken token = first; token != null; token = parser.nextToken()) {
            if (open.isEmpty() && token != first) {
                throw JsonBody.malformed("something follows the object", parser.currentTokenLocation());
            }
            take(token);
        }
    }

    private void take(JsonToken token) throws IOException {
        switch (token) {
            case FIELD_NAME -> name(parser.currentName());
            case START_OBJECT -> begin(OBJECT);
            case START_ARRAY -> begin(ARRAY);
            case END_OBJECT, END_ARRAY -> next = open.pop();
            case VALUE_STRING -> cost += STRING + PLACE_IN_ARRAY;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> cost += NUMBER + PLACE_IN_ARRAY;
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL, VALUE_EMBEDDED_OBJECT -> cost += PLACE_IN_ARRAY;
            case NOT_AVAILABLE -> throw new IllegalStateException("the whole body is here");
        }
    }

    private void begin(int weight) {
        cost += weight + PLACE_IN_ARRAY;
        open.push(next);
    }

    private void name(String name) {
        cost += MEMBER;
        Shape object = open.element();
        if (!object.knows(name)) {
            faults.unknown(
                    parser.getParsingContext().pathAsPointer().toString(),
                    object.members().keySet());
        }
        next = object.under(name);
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
            case VALUE_TRUE, VALUE_FALSE -> "boolean";
            default -> "null";
        };
    }
}
