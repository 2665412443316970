package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.PromptCheck;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContinuationTest {

    private final FoldBench bench = new FoldBench();
    private final Entries asked = new Entries("c1", "asked");
    private final Entries goingOn = new Entries("c1", "going-on");

    private static final Tool TOOL =
            Tool.newBuilder().setName("tool").setParameters("{}").build();

    /** An answer that ends with calls {@code call-0}, {@code call-1}…, one for each of the arguments. */
    private void called(FoldBench on, Entries by, String... arguments) {
        Entries.Run run = by.run(1, by.key().responseId() + "-run");
        on.fold(
                by.request(
                        "what now?",
                        request -> request.setSystem("be kind")
                                .setTools(List.of(TOOL))
                                .setFallbackProvider("other")
                                .setFallbackModel("other-model")),
                run.taken(),
                run.start());
        for (int i = 0; i < arguments.length; i++) {
            on.fold(
                    run.blockStart(i, BlockType.TOOL_USE),
                    run.delta(i, DeltaType.INPUT_JSON, arguments[i]),
                    run.blockStop(i));
        }
        on.fold(run.stop());
        on.forget();
    }

    private void called(String... arguments) {
        called(bench, asked, arguments);
    }

    private List<String> types() {
        return bench.tape().stream().map(EventJson::typeOf).toList();
    }

    private static String errorOf(FoldBench on) {
        return ((TokenEvent.Failed) on.tape().getLast()).error().getCode();
    }

    private static List<String> rolesOf(GenerationJob job) {
        return job.getHistory().stream()
                .map(message -> message.getRole() + message.getParts().size())
                .toList();
    }

    @Test
    void aTurnThatStopsForToolsKeepsItsRequestWithoutTheMessages() {
        // Given an answer with and one without calls
        called("{}");
        Response withCalls = bench.stores.turnsOf("c1").getLast();
        called(bench, new Entries("c1", "plain"));

        // When
        Response without = bench.stores.turnsOf("c1").getLast();

        // Then
        assertThat(withCalls.getRequest().getTools()).containsExactly(TOOL);
        assertThat(withCalls.getRequest().getSystem()).isEqualTo("be kind");
        assertThat(withCalls.getRequest().getMessages()).isEmpty();
        assertThat(without.getRequest()).isNull();
    }

    @Test
    void theLastMissingResultHandsOutTheJobWithTheSameToolsAndTheResultsInTheOrderOfTheCalls() {
        // Given two calls, and the result of the second
        called("{\"a\":1}", "{}");
        bench.fold(goingOn.results(asked, "call-1=sunny"));
        assertThat(bench.jobs()).isEmpty();

        // When
        bench.fold(goingOn.results(asked, "call-0=12 degrees"));

        // Then
        assertThat(bench.tape())
                .extracting(
                        event -> event.envelope().sequence(),
                        event -> ((TokenEvent.UserMessage) event).toolCallId(),
                        event -> ((TokenEvent.UserMessage) event).text())
                .containsExactly(tuple(0L, "call-1", "sunny"), tuple(1L, "call-0", "12 degrees"));
        assertThat(bench.jobs()).singleElement().satisfies(job -> {
            assertThat(job.getResponseId()).isEqualTo("going-on");
            assertThat(job.getAttempt()).isEqualTo(1);
            assertThat(job.getRequest().getTools()).containsExactly(TOOL);
            assertThat(job.getRequest().getSystem()).isEqualTo("be kind");
            assertThat(job.getRequest().getContinues()).isEqualTo("asked");
            assertThat(job.getRequest().getModel()).isEqualTo("gpt-test");
            assertThat(job.getRequest().getFallbackProvider()).isEqualTo("other");
            assertThat(job.getRequest().getMessages()).singleElement().satisfies(turn -> {
                assertThat(turn.getRole()).isEqualTo("tool");
                assertThat(turn.getParts())
                        .extracting(Part::getToolCallId, Part::getText)
                        .containsExactly(tuple("call-0", "12 degrees"), tuple("call-1", "sunny"));
            });
            assertThat(rolesOf(job)).containsExactly("user1", "assistant2");
            assertThat(job.getHistory().getLast().getParts())
                    .extracting(Part::getType)
                    .containsOnly(PartType.TOOL_CALL);
        });
    }

    @Test
    void theContinuingAnswerIsAnAnswerLikeAnyOther() {
        // Given
        called("{}");
        bench.fold(goingOn.results(asked, "call-0=42"));
        Entries.Run run = goingOn.run(1, "run-b");

        // When
        bench.fold(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text("so 42"), run.blockStop(0));
        bench.fold(run.stop());

        // Then
        assertThat(types())
                .containsExactly(
                        "user_message",
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_stop");
        Response ended = bench.completed().getLast();
        assertThat(ended.getContinues()).isEqualTo("asked");
        assertThat(ended.getText()).isEqualTo("so 42");
        assertThat(ended.getPrompt())
                .singleElement()
                .satisfies(turn -> assertThat(turn.getRole()).isEqualTo("tool"));
    }

    @Test
    void aSecondRoundGoesOnFromTheFirstOne() {
        // Given an answer that goes on from tools, and itself stops for a tool
        called("{}");
        bench.fold(goingOn.results(asked, "call-0=42"));
        Entries.Run run = goingOn.run(1, "run-b");
        bench.fold(
                run.taken(),
                run.start(),
                run.blockStart(7, BlockType.TOOL_USE),
                run.delta(7, DeltaType.INPUT_JSON, "{}"),
                run.blockStop(7),
                run.stop());
        bench.forget();

        // When
        bench.fold(new Entries("c1", "third").results(goingOn, "call-7=43"));

        // Then
        assertThat(bench.jobs()).singleElement().satisfies(job -> {
            assertThat(rolesOf(job)).containsExactly("user1", "assistant1", "tool1", "assistant1");
            assertThat(job.getRequest().getTools()).containsExactly(TOOL);
        });
    }

    @Test
    void anAnswerThatEndedInBetweenIsNotPartOfTheHistory() {
        // Given another turn of the conversation between the calls and their results
        called("{}");
        Entries other = new Entries("c1", "between");
        Entries.Run run = other.run(1, "run-c");
        bench.fold(
                other.request("by the way"),
                run.taken(),
                run.start(),
                run.blockStart(0, BlockType.TEXT),
                run.text("yes?"),
                run.blockStop(0),
                run.stop());
        bench.forget();

        // When
        bench.fold(goingOn.results(asked, "call-0=42"));

        // Then
        assertThat(rolesOf(bench.jobs().getLast())).containsExactly("user1", "assistant1");
    }

    @Test
    void theFirstResultForACallCounts() {
        // Given
        called("{}", "{}");
        bench.fold(goingOn.results(asked, "call-0=first"));
        bench.forget();

        // When a second one comes for it, from another screen, and later the missing one
        bench.fold(goingOn.results(asked, "call-0=second"));
        assertThat(bench.said).isEmpty();
        bench.fold(goingOn.results(asked, "call-0=third", "call-1=other", "call-1=other again"));

        // Then
        assertThat(bench.tape()).hasSize(1);
        assertThat(bench.jobs().getLast().getRequest().getMessages().getFirst().getParts())
                .extracting(Part::getText)
                .containsExactly("first", "other");
    }

    @Test
    void aResultForACallThatWasNeverMadeOpensNothing() {
        // Given
        called("{}");

        // When
        bench.fold(goingOn.results(asked, "call-99=what?"));

        // Then
        assertThat(bench.said).isEmpty();
        assertThat(bench.fold().openCount()).isZero();
    }

    @Test
    void resultsThatComeAfterTheJobWasHandedOutOrTheAnswerEndedAreDropped() {
        // Given
        called("{}");
        bench.fold(goingOn.results(asked, "call-0=42"));
        bench.forget();

        // When
        bench.fold(goingOn.results(asked, "call-0=43"));
        Entries.Run run = goingOn.run(1, "run-b");
        bench.fold(run.taken(), run.start(), run.stop());
        bench.forget();
        bench.fold(goingOn.results(asked, "call-0=44"));

        // Then
        assertThat(bench.said).isEmpty();
    }

    @Test
    void halfAToolCallIsNothingToGoOnFrom() {
        // Given a call whose arguments broke off
        called("{\"city\":\"Ul");

        // When
        bench.fold(goingOn.results(asked, "call-0=42"));

        // Then
        assertThat(errorOf(bench)).isEqualTo("nothing_to_continue");
        assertThat(types()).containsExactly("user_message", "error");
        assertThat(bench.jobs()).isEmpty();
    }

    @Test
    void anUnknownAnswerIsNothingToGoOnFrom() {
        // Given an answer of another conversation
        called(bench, new Entries("c2", "asked"), "{}");

        // When
        bench.fold(goingOn.results(asked, "call-0=42"));

        // Then
        assertThat(errorOf(bench)).isEqualTo("nothing_to_continue");
        assertThat(bench.completed()).hasSize(1);
    }

    @Test
    void missingResultsEndTheAnswerAfterTheDeadline() {
        // Given
        called("{}", "{}");
        bench.fold(goingOn.results(asked, "call-0=42"));
        bench.passes(14 * 60);
        bench.fold(goingOn.lost(1, null, Envelope.NONE));
        assertThat(types()).containsExactly("user_message");

        // When
        bench.passes(60);
        bench.fold(goingOn.lost(1, null, Envelope.NONE));

        // Then
        assertThat(errorOf(bench)).isEqualTo("tool_results_missing");
        assertThat(bench.completed())
                .singleElement()
                .satisfies(response -> assertThat(response.getPrompt()).hasSize(1));
    }

    @Test
    void aCancelEndsTheWaitAtOnce() {
        // Given
        called("{}", "{}");
        bench.fold(goingOn.results(asked, "call-0=42"));

        // When
        bench.fold(goingOn.cancel("enough"));
        bench.fold(goingOn.results(asked, "call-1=43"));

        // Then
        assertThat(types()).containsExactly("user_message", "cancelled");
        assertThat(bench.jobs()).isEmpty();
    }

    @Test
    void aCancelThatCameBeforeTheResultsPreventsTheCall() {
        // Given
        called("{}");
        bench.fold(goingOn.cancel("early"));

        // When
        bench.fold(goingOn.results(asked, "call-0=42"));

        // Then
        assertThat(types()).containsExactly("user_message", "cancelled");
        assertThat(bench.jobs()).isEmpty();
    }

    @Test
    void aRefusedResultIsNotShownAndEndsTheAnswer() {
        // Given rules that refuse every result
        FoldBench strict = new FoldBench(FoldLimits.standard(), refusingTools());
        called(strict, asked, "{}");

        // When
        strict.fold(goingOn.results(asked, "call-0=forbidden"));

        // Then
        assertThat(strict.tape())
                .extracting(EventJson::typeOf)
                .containsExactly("user_message", "moderation", "cancelled");
        assertThat(((TokenEvent.UserMessage) strict.tape().getFirst()).text()).isEmpty();
        assertThat(strict.jobs()).isEmpty();
    }

    @Test
    void resultsThatNoRecordHoldsEndTheAnswerBeforeTheyAreShown() {
        // Given two calls, and a result that nearly fills a record
        called("{}", "{}");
        bench.fold(goingOn.results(asked, "call-0=" + "x".repeat(5_000_000)));

        // When
        bench.fold(goingOn.results(asked, "call-1=" + "y".repeat(5_000_000)));

        // Then
        assertThat(errorOf(bench)).isEqualTo("request_too_long");
        assertThat(types()).containsExactly("user_message", "error");
        assertThat(bench.completed().getLast().getPrompt().getFirst().getParts())
                .hasSize(1);
    }

    @Test
    void aRunThatClaimsAnAnswerStillWaitingForResultsIsStopped() {
        // Given
        called("{}", "{}");
        bench.fold(goingOn.results(asked, "call-0=42"));

        // When
        bench.fold(goingOn.run(1, "zombie").taken());

        // Then
        assertThat(bench.stoppedRuns()).containsExactly("zombie");
    }

    private static Moderation refusingTools() {
        return new Moderation() {
            @Override
            public PromptCheck promptCheck() {
                return request -> request.getMessages().getFirst().getRole().equals("tool")
                        ? Verdict.newBuilder()
                                .setAction("block")
                                .setRuleId("r")
                                .setCategory("c")
                                .build()
                        : null;
            }

            @Override
            public HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block) {
                return Moderation.passThrough().holdBack(request, block);
            }
        };
    }
}
