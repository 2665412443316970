package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.codec.SchemaRegistry;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A forbidden text in every place where a text may stand: it is in no byte that readers, analytics or history get. */
class SideDoorsTest {

    private static final String SECRET = "moonraker";

    private final TapeCodec codec =
            new TapeCodec(SchemaRegistry.open("memory:"), new TopicCatalogue("t.", 1, (short) 1));

    private static RuleSet rules(String action) {
        return RuleFile.parse("rules: [{id: r, literals: [" + SECRET + "], action: " + action
                + ", applies_to: [text, thinking, tool_input, prompt]}]");
    }

    /** All bytes for readers, as Latin-1. */
    private String shown(Moderation moderation, List<JournalEntry> journal) {
        FoldBench bench = new FoldBench(FoldLimits.standard(), moderation);
        journal.forEach(bench::fold);
        assertThat(bench.tape()).last().matches(TokenEvent::isTerminal);
        StringBuilder all = new StringBuilder();
        for (FoldOutcome outcome : bench.said) {
            switch (outcome) {
                case FoldOutcome.Publish(TokenEvent event) -> add(all, codec.encode(Topic.TOKENS, event));
                case FoldOutcome.StoreTurn stored -> add(all, codec.encode(Topic.RESPONSES, stored.turn()));
                case FoldOutcome.Complete complete -> add(all, codec.encode(Topic.RESPONSES, complete.response()));
                case FoldOutcome.Measured measured -> add(all, codec.encode(Topic.METRICS, measured.metrics()));
                case FoldOutcome.Dispatch _,
                        FoldOutcome.Stop _,
                        FoldOutcome.Ask _,
                        FoldOutcome.Remember _,
                        FoldOutcome.Forget _,
                        FoldOutcome.Delete _,
                        FoldOutcome.Retract _ -> {}
            }
        }
        return all.toString();
    }

    private static void add(StringBuilder all, byte[] bytes) {
        all.append(new String(bytes, StandardCharsets.ISO_8859_1)).append('\n');
    }

    private static String inBase64() {
        return Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void withoutRulesEveryPlaceIsShown() {
        // When each place is folded without rules, then what was planted there is found: the places are well chosen
        assertThat(PlantedPlaces.of(SECRET, null).stream().filter(PlantedPlaces.Place::reaches))
                .hasSizeGreaterThan(200)
                .allSatisfy(place -> assertThat(Stream.of(SECRET, inBase64(), "\\u006d\\u006f"))
                        .as(place.name())
                        .anyMatch(shown(Moderation.passThrough(), place.journal())::contains));
    }

    @ParameterizedTest
    @ValueSource(strings = {"redact", "block", "regenerate, instruction: no, max_attempts: 1"})
    void nothingForbiddenIsShownFromAnyPlace(String action) {
        // Given
        RuleSet rules = rules(action);
        Moderation moderation = new RuleModeration(_ -> new RuleGates(rules));

        // When each place is folded, then readers get no byte of what was planted
        assertThat(PlantedPlaces.of(SECRET, rules.version()))
                .allSatisfy(place -> assertThat(shown(moderation, finished(place)))
                        .as(place.name())
                        .doesNotContainIgnoringCase(SECRET)
                        .doesNotContain(inBase64(), "\\u006d\\u006f", SECRET.substring(0, 8), SECRET.substring(1)));
    }

    /** Another attempt, where a rule asks for one, is cancelled. */
    private static List<JournalEntry> finished(PlantedPlaces.Place place) {
        ResponseKey key = place.journal().getLast().key();
        return Stream.concat(
                        place.journal().stream(),
                        Stream.of(new Entries(key.conversationId(), key.responseId()).cancel("client_request")))
                .toList();
    }
}
