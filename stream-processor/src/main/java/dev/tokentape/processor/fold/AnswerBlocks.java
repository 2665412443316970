package dev.tokentape.processor.fold;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.Screened;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one attempt at an answer, on their way through the gates of the rules: each by itself, or in the text
 * that it makes with others. Not thread-safe.
 */
final class AnswerBlocks {

    private final Moderation moderation;
    /** By choice and number. */
    private final Map<Long, TokenEvent.BlockStart> started = new HashMap<>();
    /** Gates of blocks that are judged by themselves, as long as they run. */
    private final Map<Long, BlockGate> gates = new LinkedHashMap<>();
    /** The texts that several blocks make, by choice and kind. */
    private final Map<Long, JoinedText> texts = new LinkedHashMap<>();

    AnswerBlocks(Moderation moderation) {
        this.moderation = moderation;
    }

    /** What may be shown of an event beside the text that its block's gate judges. */
    Screened screened(GenerationRequest request, TokenEvent event) {
        TokenEvent.BlockStart block = switch (event) {
            case TokenEvent.BlockStart start -> start;
            case TokenEvent.BlockDelta delta -> started.get(key(delta));
            default -> null;
        };
        return moderation.screened(
                request,
                event,
                block == null ? BlockType.OTHER : block.type(),
                block == null ? null : block.mediaType());
    }

    /** A new block begins; returns what may be shown before it. */
    List<Gated> begin(GenerationRequest request, TokenEvent.BlockStart start) {
        started.put(key(start), start);
        JoinedText text = text(request, start);
        if (text != null) {
            return text.begin(start.envelope().blockIndex());
        }
        gates.put(key(start), new BlockGate(moderation.holdBack(request, start)));
        return List.of();
    }

    /** What may be shown of a delta now, and of others with it. */
    List<Gated> append(GenerationRequest request, TokenEvent.BlockDelta delta) {
        TokenEvent.BlockStart known = started.get(key(delta));
        TokenEvent.BlockStart block = known == null ? unannounced(delta) : known;
        JoinedText text = text(request, block);
        if (text != null) {
            return text.append(delta);
        }
        return List.of(gates.computeIfAbsent(key(delta), _ -> new BlockGate(moderation.holdBack(request, block)))
                .append(delta));
    }

    /** What may be shown when a block stops: what was held of it and its stop, if no later block matters. */
    List<Gated> stop(GenerationRequest request, TokenEvent.BlockStop stop) {
        TokenEvent.BlockStart block = started.get(key(stop));
        JoinedText text = block == null ? null : text(request, block);
        if (text != null) {
            return text.stop(stop);
        }
        BlockGate gate = gates.remove(key(stop));
        List<Gated> shown = new ArrayList<>(gate == null ? List.of() : gate.flush());
        shown.add(Gated.whole(stop));
        return shown;
    }

    /** What is still held: nothing more comes from the model. */
    List<Gated> end() {
        List<Gated> held = new ArrayList<>();
        texts.values().forEach(text -> held.addAll(text.end()));
        gates.values().forEach(gate -> held.addAll(gate.flush()));
        drop();
        return held;
    }

    /** Forgets all blocks, and what was held of them. */
    void drop() {
        started.clear();
        gates.clear();
        texts.clear();
    }

    /** Characters that wait for their turn in a text. */
    long characters() {
        long waiting = 0;
        for (JoinedText text : texts.values()) {
            waiting += text.characters();
        }
        return waiting;
    }

    /** The text that a block is a part of; null if it stands for itself. */
    private @Nullable JoinedText text(GenerationRequest request, TokenEvent.BlockStart block) {
        Long key = JoinedText.keyOf(block);
        return key == null
                ? null
                : texts.computeIfAbsent(key, _ -> new JoinedText(moderation.textHold(request, block)));
    }

    /** The block of a delta that none was announced for: readers may show it as text all the same. */
    private static TokenEvent.BlockStart unannounced(TokenEvent.BlockDelta delta) {
        BlockType type = switch (delta.type()) {
            case TEXT, THINKING, REFUSAL -> BlockType.TEXT;
            case SIGNATURE, INPUT_JSON, CITATION, DATA, LOGPROBS, OTHER -> BlockType.OTHER;
        };
        return new TokenEvent.BlockStart(delta.envelope(), type, null, null, null, null, null);
    }

    private static Long key(TokenEvent event) {
        return (long) event.envelope().choiceIndex() << 32 | event.envelope().blockIndex() & 0xffff_ffffL;
    }
}
