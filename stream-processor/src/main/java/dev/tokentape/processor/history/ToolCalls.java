package dev.tokentape.processor.history;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.json.CallInput;
import java.util.List;
import java.util.Objects;

/** The calls of the client's tools that an answer has ended with, as far as they are fit to be carried out. */
public final class ToolCalls {

    private ToolCalls() {}

    /**
     * Ids of the whole calls of the first choice, in order: the block was ended by the provider, and its input is what
     * such a call takes. An answer that failed or was cancelled has none.
     */
    public static List<String> wholeIn(Response response) {
        if (response.getStatus() != ResponseStatus.COMPLETED) {
            return List.of();
        }
        return response.getBlocks().stream()
                .filter(block -> block.getType() == BlockType.TOOL_USE
                        && block.getChoiceIndex() == 0
                        && block.getComplete()
                        && CallInput.isWhole(block.getText(), block.getProviderData()))
                .map(Block::getToolCallId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }
}
