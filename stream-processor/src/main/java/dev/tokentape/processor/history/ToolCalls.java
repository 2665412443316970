package dev.tokentape.processor.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** The calls of the client's tools that an answer has ended with, as far as they are fit to be carried out. */
public final class ToolCalls {

    private static final JsonFactory JSON = new JsonFactory();

    private ToolCalls() {}

    /**
     * Ids of the whole calls of the first choice, in order: the block was ended by the provider, and its arguments are
     * one JSON value, or nothing. An answer that failed or was cancelled has none.
     */
    public static List<String> wholeIn(Response response) {
        if (response.getStatus() != ResponseStatus.COMPLETED) {
            return List.of();
        }
        return response.getBlocks().stream()
                .filter(block -> block.getType() == BlockType.TOOL_USE
                        && block.getChoiceIndex() == 0
                        && block.getComplete()
                        && isWholeJson(block.getText()))
                .map(Block::getToolCallId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static boolean isWholeJson(String arguments) {
        if (arguments.isBlank()) {
            return true;
        }
        try (JsonParser parser = JSON.createParser(arguments)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException _) {
            return false;
        }
    }
}
