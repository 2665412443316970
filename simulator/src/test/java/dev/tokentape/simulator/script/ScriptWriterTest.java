package dev.tokentape.simulator.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.settings.Fault;
import dev.tokentape.simulator.settings.StopSetting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScriptWriterTest {

    private static final CallSettings SETTINGS = CallSettings.DEFAULT;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theSamePromptGivesTheSameAnswerAndAnotherPromptOrSeedAnother() {
        // Given
        var request = SimulatedRequest.ofPrompt("sim", "Tell me about rivers.", SETTINGS);

        // When
        var script = ScriptWriter.scriptFor(request);

        // Then
        assertThat(script).isEqualTo(ScriptWriter.scriptFor(request));
        assertThat(script.text())
                .isNotEqualTo(ScriptWriter.scriptFor(SimulatedRequest.ofPrompt("sim", "Tell me about bees.", SETTINGS))
                        .text())
                .isNotEqualTo(ScriptWriter.scriptFor(
                                SimulatedRequest.ofPrompt("sim", "Tell me about rivers.", SETTINGS.withSeed(2)))
                        .text());
    }

    @Test
    void theTextHasAsManyTokensAsAskedFor() {
        for (int tokens : new int[] {0, 1, 2, 17, 200, 5000}) {
            var request = SimulatedRequest.ofPrompt("sim", "p" + tokens, SETTINGS.withTokens(tokens, tokens));
            assertThat(ScriptWriter.scriptFor(request).usage().output()).isEqualTo(tokens);
        }
        for (int prompt = 0; prompt < 50; prompt++) {
            var request = SimulatedRequest.ofPrompt("sim", "p" + prompt, SETTINGS.withTokens(10, 20));
            assertThat(ScriptWriter.scriptFor(request).usage().output()).isBetween(10, 20);
        }
    }

    @Test
    void theStockIsLargeAndHasMarkdownAccentsIdeographsAndEmoji() {
        // When
        String text = ScriptWriter.scriptFor(
                        SimulatedRequest.ofPrompt("sim", "everything", SETTINGS.withTokens(60_000, 60_000)))
                .text();

        // Then
        assertThat(Corpus.STOCK.sentences()).isGreaterThanOrEqualTo(300);
        assertThat(text).contains("```java\n", "\n- ", "\n1. ", "| tin |", "café", "東京", "🚀", "👨‍👩‍👧", "λ");
    }

    @Test
    void aPromptMayDictateTheAnswer() {
        // When
        var script = ScriptWriter.scriptFor(
                SimulatedRequest.ofPrompt("sim", " say: my card is 4111 1111 1111 1111 \n", SETTINGS));

        // Then
        assertThat(script.text()).isEqualTo("my card is 4111 1111 1111 1111");
        assertThat(script.usage().output()).isGreaterThan(8);
    }

    @Test
    void theTokenLimitCutsTheAnswer() {
        // When
        var script = ScriptWriter.scriptFor(request("hello", ToolOffer.NONE, 5, 2048));

        // Then
        var choice = script.choices().getFirst();
        assertThat(choice.stop()).isEqualTo(StopReason.MAX_TOKENS);
        assertThat(choice.tokens()).isEqualTo(5);
        assertThat(choice.blocks()).hasSize(1).first().isInstanceOf(Block.Thinking.class);
    }

    @Test
    void aRefusalAndAFilterAreAnswersToo() {
        // Given
        var refusal = SimulatedRequest.ofPrompt("sim", "x", SETTINGS.withStop(StopSetting.REFUSAL));
        var filter = SimulatedRequest.ofPrompt("sim", "x", SETTINGS.withStop(StopSetting.CONTENT_FILTER));

        // When
        var refused = ScriptWriter.scriptFor(refusal).choices().getFirst();
        var filtered = ScriptWriter.scriptFor(filter).choices().getFirst();

        // Then
        assertThat(refused.stop()).isEqualTo(StopReason.REFUSAL);
        assertThat(refused.blocks()).singleElement().isInstanceOf(Block.Refusal.class);
        assertThat(filtered.stop()).isEqualTo(StopReason.CONTENT_FILTER);
    }

    @Test
    void aPromptThatNamesToolsGetsTheirCallsWithArgumentsOfTheSchema() throws Exception {
        // Given
        JsonNode schema = JSON.readTree("""
            {"type":"object","properties":{
              "city":{"type":"string","enum":["Oslo","Riga"]},
              "days":{"type":"integer","minimum":3,"maximum":5},
              "wind":{"type":"boolean"},
              "share":{"type":"number"},
              "on":{"type":"string","format":"date"},
              "tags":{"type":"array","items":{"type":"string"}},
              "place":{"type":"object","properties":{"lat":{"type":["number","null"]}}}}}""");
        var offer = offer(ToolOffer.Use.AUTO, null, schema);

        // When
        var choice = ScriptWriter.scriptFor(request("Ask get_weather and get_time, please.", offer, null, 0))
                .choices()
                .getFirst();

        // Then
        assertThat(choice.stop()).isEqualTo(StopReason.TOOL_USE);
        assertThat(choice.text()).isEqualTo("Let me check with get_weather and get_time.");
        assertThat(choice.blocks()).hasSize(3);
        assertThat(((Block.ToolCall) choice.blocks().get(2)).name()).isEqualTo("get_time");
        JsonNode arguments = JSON.readTree(choice.blocks().get(1).joined());
        assertThat(arguments.path("city").asText()).isIn("Oslo", "Riga");
        assertThat(arguments.path("days").isInt()).isTrue();
        assertThat(arguments.path("days").asInt()).isBetween(3, 5);
        assertThat(arguments.path("wind").isBoolean()).isTrue();
        assertThat(arguments.path("share").isNumber()).isTrue();
        assertThat(arguments.path("on").asText()).matches("\\d{4}-\\d\\d-\\d\\d");
        assertThat(arguments.path("tags").path(0).isTextual()).isTrue();
        assertThat(arguments.path("place").path("lat").isNumber()).isTrue();
    }

    @Test
    void toolsAreCalledWhenForcedRequiredOrAskedForInGeneral() {
        assertThat(called("Nothing special.", offer(ToolOffer.Use.AUTO, null))).isEmpty();
        assertThat(called("Use a tool.", offer(ToolOffer.Use.AUTO, null))).containsExactly("get_weather");
        assertThat(called("Use your tools!", offer(ToolOffer.Use.AUTO, null)))
                .containsExactly("get_weather", "get_time");
        assertThat(called("A toolbox.", offer(ToolOffer.Use.AUTO, null))).isEmpty();
        assertThat(called("Hello.", offer(ToolOffer.Use.ALWAYS, null))).containsExactly("get_weather");
        assertThat(called("Hello.", offer(ToolOffer.Use.AUTO, "get_time"))).containsExactly("get_time");
        assertThat(called("Use a tool.", offer(ToolOffer.Use.NEVER, null))).isEmpty();
    }

    @Test
    void anOversizeFaultMakesThatTokenLarge() {
        // Given
        var settings = SETTINGS.withTokens(10, 10).withFaults(List.of(new Fault.Oversize(3, 1000)));

        // When
        var pieces = ScriptWriter.scriptFor(SimulatedRequest.ofPrompt("sim", "x", settings))
                .choices()
                .getFirst()
                .blocks()
                .getFirst()
                .pieces();

        // Then
        assertThat(pieces).hasSize(10);
        assertThat(pieces.get(3)).hasSize(1000);
    }

    @Test
    void theStepsOfSeveralChoicesAlternateAndOnlyTheFirstOfARoundKeepsThePace() {
        // Given
        var script = new Script(
                List.of(
                        new Choice(List.of(new Block.Text(List.of("a", "b"))), StopReason.END_TURN),
                        new Choice(List.of(new Block.Text(List.of("x", "y", "z"))), StopReason.MAX_TOKENS)),
                1);

        // When
        var told = new ArrayList<String>();
        script.steps().forEachRemaining(step -> {
            switch (step) {
                case Step.Token token -> told.add(token.text() + (token.beat() ? "!" : ""));
                case Step.ChoiceEnd end -> told.add("end" + end.choice());
                case Step.End end -> told.add("usage" + end.usage().output());
                case Step.ChoiceStart start -> told.add("start" + start.choice());
                case Step.BlockStart start -> {}
                case Step.BlockStop stop -> {}
            }
        });

        // Then
        assertThat(told).containsExactly("start0", "a!", "start1", "x", "b!", "y", "end0", "z!", "end1", "usage5");
    }

    private static List<String> called(String prompt, ToolOffer offer) {
        return ScriptWriter.scriptFor(request(prompt, offer, null, 0)).choices().getFirst().blocks().stream()
                .filter(Block.ToolCall.class::isInstance)
                .map(block -> ((Block.ToolCall) block).name())
                .toList();
    }

    private static ToolOffer offer(ToolOffer.Use use, @Nullable String forced) {
        return offer(use, forced, JSON.createObjectNode());
    }

    private static ToolOffer offer(ToolOffer.Use use, @Nullable String forced, JsonNode schema) {
        var tools = List.of(new ToolOffer.Tool("get_weather", schema), new ToolOffer.Tool("get_time", schema));
        return new ToolOffer(tools, use, forced, true);
    }

    private static SimulatedRequest request(
            String prompt, ToolOffer tools, @Nullable Integer maxTokens, int thinkingBudget) {
        return new SimulatedRequest(
                "sim", SETTINGS, prompt, 1, 9, tools, false, thinkingBudget, maxTokens, 1, true, true, false);
    }
}
