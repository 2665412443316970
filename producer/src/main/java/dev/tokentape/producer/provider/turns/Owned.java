package dev.tokentape.producer.provider.turns;

import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.SealedThinking;
import dev.tokentape.producer.provider.turns.Turn.Role;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Messages as one provider may see them: what a model has sealed goes back to whoever served it, and to nobody else. A
 * signature, an encrypted thought and a provider's own fields mean nothing to another, and most refuse them.
 */
final class Owned {

    /** Stands in for media that the model made and that cannot be sent back, in a turn with nothing else. */
    private static final Map<PartType, String> IN_PLACE =
            Map.of(PartType.IMAGE, "(a picture)", PartType.AUDIO, "(a sound)");

    private final GenerationRequest request;
    private final TurnRules rules;
    private final boolean several;
    private final Maker asked;

    Owned(GenerationRequest request, TurnRules rules) {
        this.request = request;
        this.rules = rules;
        this.several = rules.ask(TurnRule.SERVES_SEVERAL_VENDORS);
        this.asked = Maker.asked(request, several);
    }

    Turn turn(Message message) {
        Role role = switch (message.getRole()) {
            case "assistant" -> Role.ASSISTANT;
            case "system" -> Role.SYSTEM;
            default -> Role.USER;
        };
        boolean own = Maker.of(message, request, several).equals(asked);
        List<Part> parts = new ArrayList<>();
        PartType leftOut = null;
        for (Part part : message.getParts()) {
            Part seen = role == Role.ASSISTANT ? said(part, own) : asked(part);
            if (seen != null) {
                parts.add(seen);
            } else if (IN_PLACE.containsKey(part.getType())) {
                leftOut = part.getType();
            }
        }
        if (leftOut != null && parts.stream().allMatch(Turn::isThought)) {
            parts.add(Part.newBuilder()
                    .setType(PartType.TEXT)
                    .setText(IN_PLACE.get(leftOut))
                    .build());
        }
        return new Turn(role, parts);
    }

    private static Part asked(Part part) {
        return isMedia(part) ? Media.fit(part) : part;
    }

    /** What is seen of a part that the model said; null for nothing. */
    private @Nullable Part said(Part part, boolean own) {
        return switch (part.getType()) {
            case TEXT, REFUSAL -> own ? part : bare(part);
            case THINKING, REDACTED_THINKING -> isOwn(part, own) && isTaken(part) ? part : null;
            case TOOL_CALL -> {
                if (own && rules.ask(TurnRule.OWN_CALLS)) {
                    yield part;
                }
                Part function = Calls.asFunction(part);
                yield own ? function : bare(function);
            }
            case IMAGE, AUDIO -> own && rules.ask(TurnRule.OWN_MEDIA) ? Media.fit(part) : null;
            case OTHER -> own && rules.ask(TurnRule.OWN_ITEMS) ? part : null;
            case TOOL_RESULT -> null;
        };
    }

    /** A thought tells itself whose it is; where it does not, its message does. */
    private boolean isOwn(Part thought, boolean own) {
        String owner = Json.text(Calls.facts(thought), SealedThinking.SEALED_BY);
        return owner == null ? own : own && owner.equals(asked.provider());
    }

    private boolean isTaken(Part thought) {
        return switch (rules.thoughts()) {
            case NONE -> false;
            case ALL -> true;
            case SEALED ->
                thought.getSignature() != null
                        || thought.getType() == PartType.REDACTED_THINKING
                                && !Objects.requireNonNullElse(thought.getText(), "")
                                        .isEmpty();
        };
    }

    private static boolean isMedia(Part part) {
        return part.getType() == PartType.IMAGE || part.getType() == PartType.AUDIO;
    }

    private static Part bare(Part part) {
        return Part.newBuilder(part).setSignature(null).setProviderData(null).build();
    }
}
