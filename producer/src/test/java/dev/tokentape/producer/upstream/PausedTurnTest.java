package dev.tokentape.producer.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tokentape.producer.metrics.ProducerMetrics;
import dev.tokentape.producer.provider.http.Providers;
import dev.tokentape.producer.testing.Jobs;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.simulator.strict.AnthropicRules;
import dev.tokentape.simulator.strict.Asked;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Turns that Anthropic pauses, and goes on with when it is given back what it has said. */
class PausedTurnTest extends AnswerCallScenario {

    private static final String SEARCHES = "{\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]}";

    private ScriptedVendor vendor;
    private Providers providers;

    @BeforeEach
    void start() throws IOException {
        vendor = new ScriptedVendor();
        Settings settings = Settings.of(Map.of("providers", "anthropic", "provider.anthropic.base-url", vendor.url()));
        providers = Providers.from(settings);
        settings.check();
    }

    @AfterEach
    void stop() {
        providers.close();
        vendor.close();
    }

    @Test
    void aPausedTurnIsGoneOnWithAndIsOneAnswer() throws Exception {
        // Given
        vendor.answers(paused(3, thought(0), searched(1, "s1"), call(3, "s2")));
        vendor.answers(paused(5, result(0, "s2"), text(1, "Nearly")));
        vendor.answers(ended(7, text(0, " there.")));

        // When
        ask(SEARCHES);

        // Then
        Response response = response();
        assertThat(response.getBlocks())
                .extracting(Block::getType)
                .containsExactly(
                        BlockType.THINKING,
                        BlockType.SERVER_TOOL_USE,
                        BlockType.TOOL_RESULT,
                        BlockType.SERVER_TOOL_USE,
                        BlockType.TOOL_RESULT,
                        BlockType.TEXT,
                        BlockType.TEXT);
        assertThat(response.getBlocks()).allMatch(Block::getComplete);
        assertThat(response.getText()).isEqualTo("Nearly there.");
        assertThat(response.getStopReason()).isEqualTo(StopReason.END_TURN);
        assertThat(response.getUsage().getOutputTokens()).isEqualTo(15);
        assertThat(response.getUsage().getInputTokens()).isEqualTo(30);
        assertThat(kinds()).filteredOn("MessageStart"::equals).hasSize(1);
        assertThat(events).filteredOn(TokenEvent::isTerminal).hasSize(1);
    }

    @Test
    void whatItHasSaidGoesBackAsItWasWithTheContainerOfItsTools() throws Exception {
        // Given
        vendor.answers(paused(3, thought(0), searched(1, "s1"), call(3, "s2")));
        vendor.answers(ended(7, result(0, "s2"), text(1, "Done.")));

        // When
        ask(SEARCHES);

        // Then
        JsonNode second = vendor.asked().getLast();
        JsonNode content = second.at("/messages/1/content");
        assertThat(second.at("/messages/1/role").asText()).isEqualTo("assistant");
        assertThat(content.findValuesAsText("type")).contains("thinking", "server_tool_use", "web_search_tool_result");
        assertThat(content.path(0).path("signature").asText()).isEqualTo("sig");
        assertThat(content.path(3).path("id").asText()).isEqualTo("s2");
        assertThat(second.path("container").asText()).isEqualTo("box_1");
        assertThat(second.at("/tools/0/name").asText()).isEqualTo("web_search");
        assertThat(AnthropicRules.ALL.firstBroken(new Asked(withoutThoughts(second), "claude-sonnet-4-6")))
                .isEmpty();
    }

    @Test
    void whereTheNextCallFailsAtOnceTheAnswerEndsPaused() throws Exception {
        // Given
        vendor.answers(paused(3, call(0, "s1")));
        vendor.answers("{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"boom\"}}");

        // When
        ask(SEARCHES);

        // Then
        assertThat(response().getStopReason()).isEqualTo(StopReason.PAUSE_TURN);
        assertThat(response().getError()).isNull();
        assertThat(response().getUsage().getOutputTokens()).isEqualTo(3);
    }

    @Test
    void whereTheNextCallBreaksOffTheAnswerFailsWithAllThatCame() throws Exception {
        // Given
        vendor.answers(paused(3, call(0, "s1")));
        vendor.answers(begun() + result(0, "s1") + text(1, "Half"));

        // When
        ask(SEARCHES);

        // Then
        assertThat(response().getError().getCode()).isEqualTo("upstream_truncated");
        assertThat(response().getText()).isEqualTo("Half");
        assertThat(response().getBlocks()).hasSize(3);
    }

    @Test
    void aTurnThatIsPausedAgainAndAgainEndsPaused() throws Exception {
        // Given
        for (int call = 0; call < 20; call++) {
            vendor.answers(paused(1, searched(0, "s" + call)));
        }

        // When
        ask(SEARCHES);

        // Then
        assertThat(vendor.asked()).hasSize(PausedTurn.MOST_CALLS);
        assertThat(response().getStopReason()).isEqualTo(StopReason.PAUSE_TURN);
        assertThat(response().getBlocks()).hasSize(2 * PausedTurn.MOST_CALLS);
    }

    @Test
    void aTurnWithACallOfTheClientsIsNotGoneOnWith() throws Exception {
        // Given
        vendor.answers(paused(3, clientsCall(0)));

        // When
        ask(SEARCHES);

        // Then
        assertThat(vendor.asked()).hasSize(1);
        assertThat(response().getStopReason()).isEqualTo(StopReason.PAUSE_TURN);
    }

    @Test
    void aTurnThatBeginsAgainAfterItWasPausedFails() throws Exception {
        // Given
        vendor.answers(paused(3, call(0, "s1")));
        vendor.answers(begun() + result(0, "s1") + begun() + text(0, "Anew") + end("end_turn", 1));

        // When
        ask(SEARCHES);

        // Then
        assertThat(events).filteredOn(TokenEvent::isTerminal).first().isInstanceOf(TokenEvent.Failed.class);
        assertThat(((TokenEvent.Failed) events.stream()
                                .filter(TokenEvent::isTerminal)
                                .findFirst()
                                .orElseThrow())
                        .error()
                        .getCode())
                .isEqualTo("turn_begun_again");
    }

    private void ask(@Nullable String extra) throws InterruptedException {
        GenerationJob job = jobFor("anthropic");
        job = GenerationJob.newBuilder(job)
                .setRequest(GenerationRequest.newBuilder(job.getRequest())
                        .setModel("claude-sonnet-4-6")
                        .setMessages(List.of(Jobs.user("Hello")))
                        .setExtra(extra)
                        .build())
                .build();
        Upstreams upstreams = new Upstreams(providers, new ProducerMetrics(meters, _ -> true), System::nanoTime);
        prepare(upstreams, job).run();
    }

    private Response response() {
        ResponseAssembler assembler = new ResponseAssembler("c-1", "r-1");
        new ArrayList<>(events).forEach(assembler::accept);
        return assembler.toResponse();
    }

    /** Whose seal the simulator does not know. */
    private static JsonNode withoutThoughts(JsonNode body) {
        JsonNode content = body.at("/messages/1/content");
        ((ArrayNode) content).remove(0);
        return body;
    }

    private static String paused(int tokens, String... blocks) {
        return begun() + String.join("", blocks) + end("pause_turn", tokens);
    }

    private static String ended(int tokens, String... blocks) {
        return begun() + String.join("", blocks) + end("end_turn", tokens);
    }

    private static String begun() {
        return data("{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"role\":\"assistant\",\"model\":\"c\","
                + "\"content\":[],\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}");
    }

    private static String end(String reason, int tokens) {
        return data("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + reason
                        + "\",\"container\":{\"id\":\"box_1\"}},\"usage\":{\"output_tokens\":" + tokens + "}}")
                + data("{\"type\":\"message_stop\"}");
    }

    private static String thought(int index) {
        return block(index, "{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"sig\"}");
    }

    private static String searched(int index, String id) {
        return call(index, id) + result(index + 1, id);
    }

    private static String call(int index, String id) {
        return block(
                index,
                "{\"type\":\"server_tool_use\",\"id\":\"" + id
                        + "\",\"name\":\"web_search\",\"input\":{\"query\":\"q\"}}");
    }

    private static String clientsCall(int index) {
        return block(index, "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1}}");
    }

    private static String result(int index, String id) {
        return block(index, "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"" + id + "\",\"content\":[]}");
    }

    private static String text(int index, String text) {
        return block(index, "{\"type\":\"text\",\"text\":\"" + text + "\"}");
    }

    private static String block(int index, String content) {
        return data("{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + content + "}")
                + data("{\"type\":\"content_block_stop\",\"index\":" + index + "}");
    }

    private static String data(String json) {
        return "data: " + json + "\n\n";
    }
}
