package dev.tokentape.producer.provider.turns;

import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.turns.Turn.Role;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A job's conversation, history first, as its provider takes it: one pass over the messages, in this order. What
 * another provider has sealed goes; media become data under their registered types; results are tied to calls; text
 * that says nothing goes; a turn that ends in a thought loses it; turns come into a lawful order.
 *
 * @param system the system prompt; null for none
 * @param turns what was said, oldest first; system messages among it only where the API takes them there
 */
public record Conversation(@Nullable String system, List<Turn> turns) {

    private static final String FAILED = "The tool failed and said nothing about why.";
    private static final String NOTHING = "The tool gave back nothing.";
    private static final String NOTED = "Noted.";
    private static final String BROKEN_OFF = "(The results of a call that broke off are left out.)";
    private static final String BEFORE = "(Earlier messages are left out.)";

    public Conversation {
        turns = List.copyOf(turns);
    }

    public static Conversation of(GenerationJob job, TurnRules rules) {
        return of(job, rules, false);
    }

    /**
     * @param callsElsewhere whether results may be for calls that the provider knows, and this conversation does not
     */
    public static Conversation of(GenerationJob job, TurnRules rules, boolean callsElsewhere) {
        GenerationRequest request = job.getRequest();
        Owned owned = new Owned(request, rules);
        List<Turn> turns = Stream.concat(job.getHistory().stream(), request.getMessages().stream())
                .map(owned::turn)
                .filter(turn -> !turn.parts().isEmpty())
                .toList();
        turns = Pairing.of(turns, rules.callIds(), callsElsewhere);
        turns = saying(turns, rules);
        String system = request.getSystem();
        if (rules.ask(TurnRule.ONE_SYSTEM)) {
            system = joined(system, turns);
            turns = turns.stream().filter(turn -> turn.role() != Role.SYSTEM).toList();
        }
        turns = ordered(turns, rules);
        if (rules.ask(TurnRule.STARTS_WITH_USER)) {
            turns = startingWithUser(turns);
        }
        turns = endingAsAsked(turns, request);
        return new Conversation(system == null || system.isEmpty() ? null : system, turns);
    }

    /** Whether the model is to go on from its own words, or from the results of tools that it asked for. */
    public boolean isWithinAnAnswer() {
        return !turns.isEmpty()
                && (turns.getLast().isAssistants() || turns.getLast().bringsResults());
    }

    /** Whether it ends in words of the assistant's to go on from; a turn that a provider has paused is no such. */
    public boolean endsInBegunAnswer() {
        return !turns.isEmpty()
                && turns.getLast().isAssistants()
                && turns.getLast().parts().stream().noneMatch(part -> part.getType() == PartType.OTHER);
    }

    /** The last of the assistant's turns; null for none. */
    public @Nullable Turn lastOfAssistant() {
        return turns.reversed().stream().filter(Turn::isAssistants).findFirst().orElse(null);
    }

    private static List<Turn> saying(List<Turn> turns, TurnRules rules) {
        List<Turn> out = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            List<Part> parts = new ArrayList<>();
            for (Part part : turn.parts()) {
                Part said = said(part, rules);
                if (said != null) {
                    parts.add(said);
                }
            }
            while (turn.isAssistants() && !parts.isEmpty() && Turn.isThought(parts.getLast())) {
                parts.removeLast();
            }
            boolean goneOnFrom = turn.isAssistants() && i == turns.size() - 1;
            if (goneOnFrom && !parts.isEmpty() && rules.ask(TurnRule.NO_SPACE_AT_THE_END)) {
                parts.add(stripped(parts.removeLast()));
            }
            if (!parts.isEmpty()) {
                out.add(new Turn(turn.role(), parts));
            }
        }
        return out;
    }

    /** The part; null if it says nothing. */
    private static @Nullable Part said(Part part, TurnRules rules) {
        String text = Objects.requireNonNullElse(part.getText(), "");
        boolean blank = rules.ask(TurnRule.NO_BLANK_TEXT) ? isBlank(text) : text.isEmpty();
        return switch (part.getType()) {
            case TEXT, REFUSAL -> blank && part.getSignature() == null ? null : withText(part, text);
            case THINKING, REDACTED_THINKING -> text.isEmpty() && part.getSignature() == null ? null : part;
            case TOOL_RESULT -> {
                if (isBlank(text) && Boolean.TRUE.equals(part.getIsError())) {
                    yield withText(part, FAILED);
                }
                yield blank ? withText(part, rules.ask(TurnRule.NO_EMPTY_RESULT) ? NOTHING : "") : part;
            }
            case TOOL_CALL, IMAGE, AUDIO, OTHER -> part;
        };
    }

    private static Part withText(Part part, String text) {
        return text.equals(part.getText())
                ? part
                : Part.newBuilder(part).setText(text).build();
    }

    private static Part stripped(Part part) {
        return part.getType() == PartType.TEXT && part.getText() != null
                ? withText(part, part.getText().stripTrailing())
                : part;
    }

    /** White space of any script, as the vendors count it. */
    private static boolean isBlank(String text) {
        return text.codePoints().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    private static @Nullable String joined(@Nullable String system, List<Turn> turns) {
        String all = Stream.concat(
                        Stream.ofNullable(system),
                        turns.stream()
                                .filter(turn -> turn.role() == Role.SYSTEM)
                                .flatMap(turn -> turn.parts().stream())
                                .map(part -> Objects.requireNonNullElse(part.getText(), "")))
                .filter(text -> !isBlank(text))
                .collect(Collectors.joining("\n\n"));
        return all.isEmpty() ? null : all;
    }

    private static List<Turn> ordered(List<Turn> turns, TurnRules rules) {
        List<Turn> out = new ArrayList<>();
        for (Turn turn : turns) {
            Turn before = out.isEmpty() ? null : out.getLast();
            boolean asksOn = before != null
                    && before.role() == Role.USER
                    && before.bringsResults()
                    && turn.role() == Role.USER
                    && !turn.bringsResults();
            if (asksOn && rules.ask(TurnRule.ASSISTANT_AFTER_RESULTS)) {
                out.add(Turn.text(Role.ASSISTANT, NOTED));
                out.add(turn);
            } else if (before != null && before.role() == turn.role() && rules.ask(TurnRule.ROLES_ALTERNATE)) {
                List<Part> both = new ArrayList<>(before.parts());
                both.addAll(turn.parts());
                out.set(out.size() - 1, new Turn(turn.role(), both));
            } else {
                out.add(turn);
            }
        }
        return out;
    }

    /** Results whose calls broke off are dropped with them; if nothing else was asked, a stand-in is the question. */
    private static List<Turn> endingAsAsked(List<Turn> turns, GenerationRequest request) {
        List<Message> messages = request.getMessages();
        boolean goesOn = messages.isEmpty() || messages.getLast().getRole().equals("assistant");
        return goesOn || turns.isEmpty() || !turns.getLast().isAssistants()
                ? turns
                : Stream.concat(turns.stream(), Stream.of(Turn.text(Role.USER, BROKEN_OFF)))
                        .toList();
    }

    private static List<Turn> startingWithUser(List<Turn> turns) {
        if (turns.isEmpty()) {
            throw new UnsupportedRequestException(
                    "messages", "nothing is left to send: all messages are empty or white space");
        }
        if (!turns.getFirst().isAssistants()) {
            return turns;
        }
        return Stream.concat(Stream.of(Turn.text(Role.USER, BEFORE)), turns.stream())
                .toList();
    }
}
