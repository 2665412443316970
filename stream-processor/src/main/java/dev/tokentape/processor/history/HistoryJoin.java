package dev.tokentape.processor.history;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.StopReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Joins a conversation's finished turns into the messages that go before a request's own.
 *
 * <p>It walks from the newest turn to the oldest, so that it knows of every turn whether a later one replaces it, and
 * of every tool call whether it was answered; providers refuse calls without a result. Results are for the calls of the
 * turn that they go on from, or of the last one that has such a call: providers use ids again. A turn that said nothing
 * (refused, or failed before its first word) is left out with its prompt, so that one bad prompt does not spoil the
 * conversation. Partial text of failed and cancelled answers stays. An answer that goes on from tool calls stands right
 * behind the one that made them, whatever was asked in between, since providers want results next to their calls.
 *
 * <p>Every answer is told with who gave it, so that what its provider has sealed goes to nobody else. What only that
 * one understands, pictures among it, is told to it alone, the newest first as far as there is room.
 */
public final class HistoryJoin {

    private final long maxCharacters;
    private final long maxOpaqueCharacters;
    private final Set<String> providers;
    private final List<Message> newestFirst = new ArrayList<>();
    private final Set<String> replaced = new HashSet<>();
    /** Calls whose results have been seen, and not yet the turn that made them. */
    private final Set<String> answeredCalls = new HashSet<>();

    /** The same of results that name the answer they go on from, by its response id. */
    private final Map<String, Set<String>> answeredCallsOf = new HashMap<>();

    /** Turns that wait for the one they go on from, newest message first, by its response id. */
    private final Map<String, List<Message>> continuing = new HashMap<>();

    /** The turn whose calls the request answers, until it is reached: later questions are no part of its history. */
    private @Nullable String goesOnFrom;

    private long characters;
    private long opaqueCharacters;

    private HistoryJoin(GenerationRequest request, long maxCharacters, long maxOpaqueCharacters) {
        this.maxCharacters = maxCharacters;
        this.maxOpaqueCharacters = maxOpaqueCharacters;
        this.providers = Stream.of(request.getProvider(), request.getFallbackProvider())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (request.getRetryOf() != null) {
            replaced.add(request.getRetryOf());
        }
        goesOnFrom = request.getContinues();
        noteToolResults(request.getMessages(), request.getContinues());
    }

    /**
     * The messages of the turns that ended before a journal offset, oldest first.
     *
     * @param maxOpaqueCharacters of what only the provider understands, which does not count among the others
     * @return null if they have more than {@code maxCharacters} characters
     */
    public static @Nullable List<Message> join(
            GenerationRequest request, Turns turns, long belowOffset, long maxCharacters, long maxOpaqueCharacters) {
        HistoryJoin join = new HistoryJoin(request, maxCharacters, maxOpaqueCharacters);
        turns.newestFirst(request.getConversationId(), belowOffset, join::take);
        if (join.characters > maxCharacters) {
            return null;
        }
        Collections.reverse(join.newestFirst);
        return join.newestFirst;
    }

    private boolean take(Response turn) {
        if (goesOnFrom != null && !goesOnFrom.equals(turn.getResponseId())) {
            return true;
        }
        goesOnFrom = null;
        List<Message> continued = continuing.remove(turn.getResponseId());
        if (replaced.contains(turn.getResponseId())) {
            noteReplaced(turn);
            return true;
        }
        Set<String> answered = answeredCallsOf.getOrDefault(turn.getResponseId(), Set.of());
        List<Part> said = saidParts(turn, answered);
        if (said.stream().allMatch(HistoryJoin::isThought)) {
            return true;
        }
        noteReplaced(turn);
        noteToolResults(turn.getPrompt(), turn.getContinues());
        List<Message> messages = continued == null ? new ArrayList<>() : continued;
        add(
                messages,
                Message.newBuilder()
                        .setRole("assistant")
                        .setParts(said)
                        .setProvider(turn.getProvider())
                        .setModel(turn.getModel())
                        .build());
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

    private void noteToolResults(List<Message> messages, @Nullable String continues) {
        Set<String> calls =
                continues == null ? answeredCalls : answeredCallsOf.computeIfAbsent(continues, _ -> new HashSet<>());
        for (Message message : messages) {
            for (Part part : message.getParts()) {
                if (part.getType() == PartType.TOOL_RESULT && part.getToolCallId() != null) {
                    calls.add(part.getToolCallId());
                }
            }
        }
    }

    private List<Part> saidParts(Response turn, Set<String> answered) {
        boolean goesBack = providers.contains(turn.getProvider());
        boolean paused = turn.getStopReason() == StopReason.PAUSE_TURN;
        Set<String> claimed = new HashSet<>();
        List<Part> parts = new ArrayList<>();
        for (Block block : turn.getBlocks()) {
            if (block.getChoiceIndex() == 0) {
                Part part = switch (block.getType()) {
                    case TEXT -> textPart(PartType.TEXT, block);
                    case REFUSAL -> textPart(PartType.REFUSAL, block);
                    // Half a thought has no signature, and without it providers refuse the thought.
                    case THINKING -> block.getComplete() ? textPart(PartType.THINKING, block) : null;
                    case REDACTED_THINKING -> block.getComplete() ? textPart(PartType.REDACTED_THINKING, block) : null;
                    case TOOL_USE -> isAnswered(block, answered, claimed) ? callPart(PartType.TOOL_CALL, block) : null;
                    case IMAGE -> mediaPart(PartType.IMAGE, block, goesBack);
                    case AUDIO -> mediaPart(PartType.AUDIO, block, goesBack);
                    case SERVER_TOOL_USE -> goesBack && paused ? opaque(block, callPart(PartType.OTHER, block)) : null;
                    case TOOL_RESULT -> goesBack && paused ? opaque(block, opaquePart(block)) : null;
                    case OTHER -> goesBack ? opaque(block, opaquePart(block)) : null;
                };
                if (part != null) {
                    parts.add(part);
                }
            }
        }
        answeredCalls.removeAll(claimed);
        return parts;
    }

    private boolean isAnswered(Block call, Set<String> answered, Set<String> claimed) {
        String id = call.getToolCallId();
        if (id != null && answeredCalls.contains(id)) {
            claimed.add(id);
        }
        return id != null && (answered.contains(id) || answeredCalls.contains(id));
    }

    private static boolean isThought(Part part) {
        return part.getType() == PartType.THINKING || part.getType() == PartType.REDACTED_THINKING;
    }

    private static @Nullable Part textPart(PartType type, Block block) {
        return block.getText().isEmpty() && block.getSignature() == null
                ? null
                : partOf(type, block).setText(block.getText()).build();
    }

    private static Part callPart(PartType type, Block block) {
        return partOf(type, block)
                .setToolCallId(block.getToolCallId())
                .setToolName(block.getToolName())
                .setArguments(block.getText())
                .build();
    }

    /** What a model has made; without its data, but still told of, where that does not go back. */
    private Part mediaPart(PartType type, Block block, boolean goesBack) {
        Part.Builder part = partOf(type, block).setMediaType(block.getMediaType());
        Part whole = block.getComplete() && goesBack
                ? opaque(block, part.setData(block.getText()).build())
                : null;
        return whole != null ? whole : part.setData(null).build();
    }

    private static Part opaquePart(Block block) {
        return partOf(PartType.OTHER, block)
                .setToolCallId(block.getToolCallId())
                .setText(block.getText())
                .build();
    }

    private static Part.Builder partOf(PartType type, Block block) {
        return Part.newBuilder()
                .setType(type)
                .setSignature(block.getSignature())
                .setProviderData(block.getProviderData());
    }

    /** The part, as long as there is room for it; else null. */
    private @Nullable Part opaque(Block block, Part part) {
        long more = block.getText().length() + length(block.getProviderData());
        if (opaqueCharacters + more > maxOpaqueCharacters) {
            return null;
        }
        opaqueCharacters += more;
        return part;
    }

    private void add(List<Message> to, Message message) {
        to.add(message);
        for (Part part : message.getParts()) {
            if (part.getType() == PartType.OTHER) {
                continue;
            }
            boolean made = message.getRole().equals("assistant");
            characters += length(part.getText())
                    + (made ? 0 : length(part.getData()))
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
