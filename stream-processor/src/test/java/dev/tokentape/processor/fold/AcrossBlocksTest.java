package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is forbidden in the text that readers join, though no block of it says it alone. */
class AcrossBlocksTest {

    private static final RuleSet RULES = RuleFile.parse("""
            rules:
              - {id: card, pattern: '\\b[2-6](?:[ -]?\\d){12,18}\\b', validator: luhn, mask: '[card]', applies_to: \
            [text, thinking]}
              - {id: stop, words: [goldfinger], action: block}
            """);
    private static final String CARD = "4012 8888 8888 1881";

    private final Entries entries = new Entries("c", "r");

    /** What stands between two text blocks. */
    enum Between {
        NOTHING,
        THINKING,
        TOOL_CALL,
        AN_OPEN_TOOL_CALL,
        AN_EMPTY_TEXT
    }

    static Stream<Arguments> seams() {
        return Stream.of(Between.values())
                .flatMap(between -> Stream.of(BlockType.TEXT, BlockType.THINKING, BlockType.REFUSAL)
                        .map(type -> Arguments.of(between, type)));
    }

    private FoldBench bench() {
        return new FoldBench(
                FoldLimits.standard(),
                new RuleModeration(version -> version.equals(RULES.version()) ? new RuleGates(RULES) : null));
    }

    private static DeltaType deltaIn(BlockType type) {
        return switch (type) {
            case TEXT -> DeltaType.TEXT;
            case THINKING -> DeltaType.THINKING;
            case REFUSAL -> DeltaType.REFUSAL;
            default -> throw new IllegalArgumentException(type.name());
        };
    }

    /** An answer of two blocks of a kind with something between them. */
    private List<JournalEntry> answer(Between between, BlockType type, String first, String second) {
        Entries.Run run = entries.run(1, "run");
        List<JournalEntry> journal = new ArrayList<>(List.of(
                entries.request("go on", request -> request.setRuleSetVersion(RULES.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, type),
                run.delta(0, deltaIn(type), first)));
        if (between == Between.AN_OPEN_TOOL_CALL) {
            journal.add(run.blockStart(1, BlockType.TOOL_USE));
        }
        journal.add(run.blockStop(0));
        switch (between) {
            case NOTHING -> {}
            case THINKING -> {
                BlockType other = type == BlockType.THINKING ? BlockType.TEXT : BlockType.THINKING;
                journal.addAll(
                        List.of(run.blockStart(1, other), run.delta(1, deltaIn(other), "a thought"), run.blockStop(1)));
            }
            case TOOL_CALL ->
                journal.addAll(List.of(
                        run.blockStart(1, BlockType.TOOL_USE),
                        run.delta(1, DeltaType.INPUT_JSON, "{}"),
                        run.blockStop(1)));
            case AN_OPEN_TOOL_CALL -> journal.add(run.delta(1, DeltaType.INPUT_JSON, "{"));
            case AN_EMPTY_TEXT -> journal.addAll(List.of(run.blockStart(1, type), run.blockStop(1)));
        }
        journal.add(run.blockStart(2, type));
        journal.add(run.delta(2, deltaIn(type), second));
        if (between == Between.AN_OPEN_TOOL_CALL) {
            journal.addAll(List.of(run.delta(1, DeltaType.INPUT_JSON, "}"), run.blockStop(1)));
        }
        journal.addAll(List.of(run.blockStop(2), run.stop()));
        return journal;
    }

    private static String joined(Response answer, BlockType type) {
        return answer.getBlocks().stream()
                .filter(block -> block.getType() == type)
                .map(Block::getText)
                .collect(Collectors.joining());
    }

    private static String shown(FoldBench bench, DeltaType type) {
        return bench.tape().stream()
                .filter(event -> event instanceof TokenEvent.BlockDelta delta && delta.type() == type)
                .map(event -> ((TokenEvent.BlockDelta) event).text())
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @MethodSource("seams")
    void aCardNumberIsMaskedWhereverTheBlocksMeet(Between between, BlockType type) {
        String text = "Card " + CARD + ", sir";
        String masked = type == BlockType.THINKING ? "Card " : "Card [card], sir";
        for (int at = 0; at <= text.length(); at++) {
            // Given
            FoldBench bench = bench();

            // When
            answer(between, type, text.substring(0, at), text.substring(at)).forEach(bench::fold);

            // Then
            Response answer = bench.completed().getFirst();
            String told = joined(answer, type);
            assertThat(told).as("seam at %d", at).isEqualTo(type == BlockType.THINKING ? whole(told, at) : masked);
            assertThat(shown(bench, deltaIn(type))).as("seam at %d", at).isEqualTo(told);
            assertThat(answer.getBlocks()).allMatch(Block::getComplete);
            FoldScene.types(bench).forEach(kind -> assertThat(kind).isNotEmpty());
            assertThat(bench.tape().getLast()).isInstanceOf(TokenEvent.MessageStop.class);
        }
    }

    /** Of thinking nothing more of a block is shown behind a match; a block behind it is shown. */
    private static String whole(String told, int seam) {
        String text = "Card " + CARD + ", sir";
        int end = 5 + CARD.length();
        String before = text.substring(0, Math.min(5, seam)) + (seam < 5 ? text.substring(seam, 5) : "");
        assertThat(told).doesNotContainPattern("\\d");
        return before + (seam >= end ? text.substring(seam) : "");
    }

    @Test
    void aStopWaitsForTheTextThatTheNextBlockMayStillComplete() {
        // Given
        FoldBench bench = bench();
        Entries.Run run = entries.run(1, "run");
        bench.fold(
                entries.request("go on", request -> request.setRuleSetVersion(RULES.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT),
                run.text("I count to 4012"));

        // When
        bench.fold(
                run.blockStop(0),
                run.blockStart(1, BlockType.TOOL_USE),
                run.delta(1, DeltaType.INPUT_JSON, "{}"),
                run.blockStop(1));

        // Then the call is shown at once
        assertThat(shown(bench, DeltaType.TEXT)).isEqualTo("I count to ");
        assertThat(FoldScene.types(bench))
                .endsWith("content_block_delta", "content_block_start", "content_block_delta", "content_block_stop");

        // When the answer ends
        bench.fold(run.stop());

        // Then so is the rest
        assertThat(shown(bench, DeltaType.TEXT)).isEqualTo("I count to 4012");
        assertThat(FoldScene.types(bench)).endsWith("content_block_delta", "content_block_stop", "message_stop");
        assertThat(bench.completed().getFirst().getBlocks()).allMatch(Block::getComplete);
    }

    @Test
    void aBlockWithNothingLeftToCompleteStopsAtOnce() {
        // Given
        FoldBench bench = bench();
        Entries.Run run = entries.run(1, "run");

        // When
        bench.fold(
                entries.request("go on", request -> request.setRuleSetVersion(RULES.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT),
                run.text("All is said."),
                run.blockStop(0));

        // Then
        assertThat(shown(bench, DeltaType.TEXT)).isEqualTo("All is said.");
        assertThat(FoldScene.types(bench)).endsWith("content_block_delta", "content_block_stop");
    }

    @Test
    void aWordThatSpansBlocksBlocksTheAnswer() {
        // Given
        FoldBench bench = bench();

        // When
        answer(Between.TOOL_CALL, BlockType.TEXT, "It was gold", "finger, sir").forEach(bench::fold);

        // Then
        assertThat(shown(bench, DeltaType.TEXT)).isEqualTo("It was ");
        assertThat(FoldScene.types(bench)).endsWith("moderation", "cancelled");
    }

    @Test
    void blocksThatAreWrittenAtOnceAreJoinedInTheirOrder() {
        // Given
        FoldBench bench = bench();
        Entries.Run run = entries.run(1, "run");

        // When the second begins before the first is over
        bench.fold(
                entries.request("go on", request -> request.setRuleSetVersion(RULES.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT),
                run.delta(0, DeltaType.TEXT, "Card 4012 "),
                run.blockStart(1, BlockType.TEXT),
                run.delta(1, DeltaType.TEXT, " 1881, sir"),
                run.delta(0, DeltaType.TEXT, "8888 8888"),
                run.blockStop(1),
                run.blockStop(0),
                run.stop());

        // Then
        assertThat(bench.completed().getFirst().getText()).isEqualTo("Card [card], sir");
        assertThat(bench.completed().getFirst().getBlocks()).allMatch(Block::getComplete);
    }

    @Test
    void textBehindABlocksStopIsOfTheSameText() {
        // Given
        FoldBench bench = bench();
        Entries.Run run = entries.run(1, "run");

        // When
        bench.fold(
                entries.request("go on", request -> request.setRuleSetVersion(RULES.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT),
                run.delta(0, DeltaType.TEXT, "Card 4012 8888 "),
                run.blockStop(0),
                run.delta(0, DeltaType.TEXT, "8888 1881, sir"),
                run.blockStart(1, BlockType.TEXT),
                run.delta(1, DeltaType.TEXT, " Bye."),
                run.blockStop(1),
                run.stop());

        // Then
        assertThat(bench.completed().getFirst().getText()).isEqualTo("Card [card], sir Bye.");
    }

    @Test
    void otherChoicesAreTextsOfTheirOwn() {
        // Given
        FoldBench bench = bench();
        Entries.Run run = entries.run(1, "run");
        bench.fold(
                entries.request("go on", request -> request.setRuleSetVersion(RULES.version())),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT),
                run.delta(0, DeltaType.TEXT, "Count 4012 8888 "));

        // When another choice says what would complete it
        bench.fold(
                inChoice(1, run.blockStart(0, BlockType.TEXT)),
                inChoice(1, run.delta(0, DeltaType.TEXT, "8888 1881.")),
                inChoice(1, run.blockStop(0)),
                run.blockStop(0),
                run.stop());

        // Then
        assertThat(bench.completed().getFirst().getBlocks())
                .extracting(Block::getText)
                .containsExactly("Count 4012 8888 ", "8888 1881.");
    }

    private static JournalEntry inChoice(int choice, JournalEntry entry) {
        TokenEvent event = ((JournalEntry.Reported) entry).event();
        return new JournalEntry.Reported(event.withEnvelope(
                event.envelope().withBlock(choice, event.envelope().blockIndex())));
    }

    @Test
    void everyEventKeepsItsKind() {
        // When
        FoldBench bench = bench();
        answer(Between.THINKING, BlockType.TEXT, "Hello, ", "you").forEach(bench::fold);

        // Then
        assertThat(bench.tape().stream().map(EventJson::typeOf))
                .containsExactly(
                        "user_message",
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_stop");
    }
}
