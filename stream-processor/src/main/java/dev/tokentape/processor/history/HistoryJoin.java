package dev.tokentape.processor.history;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Joins a conversation's finished turns into the messages that go before a request's own.
 *
 * <p>It walks from the newest turn to the oldest, so that it knows of every turn whether a later one replaces it, and of
 * every tool call whether it was answered; providers refuse calls without a result. A turn that said nothing
 * (refused, or failed before its first word) is left out with its prompt, so that one bad prompt does not spoil the
 * conversation. Partial text of failed and cancelled answers stays. Generated media and the provider's own tool blocks
 * are left out. An answer that goes on from tool calls stands right behind the one that made them, whatever ended in
 * between, since providers want results next to their calls.
 */
public final class HistoryJoin {

    private final long maxCharacters;
    private final List<Message> newestFirst = new ArrayList<>();
    private final Set<String> replaced = new HashSet<>();
    private final Set<String> answeredCalls = new HashSet<>();
    /** Turns that wait for the one they go on from, newest message first, by its response id. */
    private final Map<String, List<Message>> continuing = new HashMap<>();

    private long characters;

    private HistoryJoin(GenerationRequest request, long maxCharacters) {
        this.maxCharacters = maxCharacters;
        if (request.getRetryOf() != null) {
            replaced.add(request.getRetryOf());
        }
        noteToolResults(request.getMessages());
    }

    /**
     * The messages of the turns that ended before a journal offset, oldest first.
     *
     * @return null if they have more than {@code maxCharacters} characters
     */
    public static @Nullable List<Message> join(
            GenerationRequest request, Turns turns, long belowOffset, long maxCharacters) {
        HistoryJoin join = new HistoryJoin(request, maxCharacters);
        turns.newestFirst(request.getConversationId(), belowOffset, join::take);
        if (join.characters > maxCharacters) {
            return null;
        }
        Collections.reverse(join.newestFirst);
        return join.newestFirst;
    }

    private boolean take(Response turn) {
        List<Message> continued = continuing.remove(turn.getResponseId());
        if (replaced.contains(turn.getResponseId())) {
            noteReplaced(turn);
            return true;
        }
        List<Part> said = saidParts(turn);
        if (said.stream().allMatch(HistoryJoin::isThought)) {
            return true;
        }
        noteReplaced(turn);
        noteToolResults(turn.getPrompt());
        List<Message> messages = continued == null ? new ArrayList<>() : continued;
        add(messages, Message.newBuilder().setRole("assistant").setParts(said).build());
        turn.getPrompt().reversed().forEach(message -> add(messages, message));
        if (turn.getContinues() == null) {
            newestFirst.addAll(messages);
        } else {
            continuing.put(turn.getContinues(), messages);
        }
        return characters <= maxCharacters;
    }

    private void noteReplaced(Response turn) {
        if (turn.getRetryOf() != null) {
            replaced.add(turn.getRetryOf());
        }
    }

    private void noteToolResults(List<Message> messages) {
        for (Message message : messages) {
            for (Part part : message.getParts()) {
                if (part.getType() == PartType.TOOL_RESULT && part.getToolCallId() != null) {
                    answeredCalls.add(part.getToolCallId());
                }
            }
        }
    }

    private List<Part> saidParts(Response turn) {
        List<Part> parts = new ArrayList<>();
        for (Block block : turn.getBlocks()) {
            Part part = block.getChoiceIndex() == 0 ? part(block) : null;
            if (part != null) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static boolean isThought(Part part) {
        return part.getType() == PartType.THINKING || part.getType() == PartType.REDACTED_THINKING;
    }

    private @Nullable Part part(Block block) {
        return switch (block.getType()) {
            case TEXT -> textPart(PartType.TEXT, block);
            case REFUSAL -> textPart(PartType.REFUSAL, block);
            // Half a thought has no signature, and without it providers refuse the thought.
            case THINKING -> block.getComplete() ? textPart(PartType.THINKING, block) : null;
            case REDACTED_THINKING -> block.getComplete() ? textPart(PartType.REDACTED_THINKING, block) : null;
            case TOOL_USE -> answeredCalls.contains(block.getToolCallId()) ? callPart(block) : null;
            case SERVER_TOOL_USE, TOOL_RESULT, IMAGE, AUDIO, OTHER -> null;
        };
    }

    private static @Nullable Part textPart(PartType type, Block block) {
        if (block.getText().isEmpty() && block.getSignature() == null) {
            return null;
        }
        return Part.newBuilder()
                .setType(type)
                .setText(block.getText())
                .setSignature(block.getSignature())
                .build();
    }

    private static Part callPart(Block block) {
        return Part.newBuilder()
                .setType(PartType.TOOL_CALL)
                .setToolCallId(block.getToolCallId())
                .setToolName(block.getToolName())
                .setArguments(block.getText())
                .setSignature(block.getSignature())
                .build();
    }

    private void add(List<Message> to, Message message) {
        to.add(message);
        for (Part part : message.getParts()) {
            characters += length(part.getText())
                    + length(part.getData())
                    + length(part.getArguments())
                    + length(part.getUrl())
                    + length(part.getSignature())
                    + length(part.getProviderData());
        }
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
