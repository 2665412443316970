package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.RuleModeration;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleSet;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import dev.tokentape.schemas.json.ResponseJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which an answer ends, from its journal, in every view of it: one word. */
class OutcomeTableTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RuleSet RULES = RuleFile.parse("""
            rules:
              - {id: stop, words: [goldfinger], action: block, applies_to: [text, prompt]}
              - {id: again, literals: [as an AI], action: regenerate, instruction: Just answer., max_attempts: 1, \
            applies_to: [text, prompt]}
              - {id: hide, words: [moonraker]}
            """);

    private static final Entries ENTRIES = new Entries("c", "r");

    private static JournalEntry asked(String prompt) {
        return ENTRIES.request(
                prompt,
                request -> request.setRuleSetVersion(RULES.version())
                        .setOnAttemptLost(LostPolicy.RESTART)
                        .setFallbackProvider("anthropic")
                        .setFallbackModel("claude"));
    }

    @SafeVarargs
    private static JournalEntry[] answering(Entries.Run run, String text, Function<Entries.Run, JournalEntry>... more) {
        return Stream.concat(
                        Stream.of(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text(text)),
                        Stream.of(more).map(entry -> entry.apply(run)))
                .toArray(JournalEntry[]::new);
    }

    private static JournalEntry like(JournalEntry entry, Function<Envelope, TokenEvent> made) {
        return new JournalEntry.Reported(
                made.apply(((JournalEntry.Reported) entry).event().envelope()));
    }

    private static JournalEntry stopped(Entries.Run run, StopReason reason) {
        return like(run.stop(), at -> new TokenEvent.MessageStop(at, reason, "raw", null, null, null));
    }

    private static JournalEntry failed(Entries.Run run) {
        ErrorInfo error = ErrorInfo.newBuilder()
                .setCode("overloaded_error")
                .setMessage("Busy.")
                .build();
        return like(run.stop(), at -> new TokenEvent.Failed(at, error, null));
    }

    /** A journal. */
    @FunctionalInterface
    interface Scene {
        void play(FoldBench bench);
    }

    private static Arguments row(String scene, String outcome, Scene journal) {
        return Arguments.of(scene, outcome, journal);
    }

    private static Arguments stops(StopReason reason, String outcome) {
        return row("stop reason " + reason, outcome, bench -> {
            bench.fold(asked("hello"));
            bench.fold(answering(ENTRIES.run(1, "a"), "Well", run -> stopped(run, reason)));
        });
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                stops(StopReason.END_TURN, "completed"),
                stops(StopReason.STOP_SEQUENCE, "completed"),
                stops(StopReason.OTHER, "completed"),
                stops(StopReason.MAX_TOKENS, "max_tokens"),
                stops(StopReason.CONTEXT_WINDOW_EXCEEDED, "max_tokens"),
                stops(StopReason.TOOL_USE, "tool_use"),
                stops(StopReason.PAUSE_TURN, "pause_turn"),
                stops(StopReason.REFUSAL, "refusal"),
                stops(StopReason.CONTENT_FILTER, "content_filter"),
                stops(StopReason.ERROR, "failed"),
                stops(StopReason.MALFORMED_TOOL_USE, "failed"),
                row("the provider fails", "failed", bench -> {
                    Entries.Run run = ENTRIES.run(1, "a");
                    bench.fold(asked("hello"));
                    bench.fold(answering(run, "Well", OutcomeTableTest::failed));
                }),
                row("no producer", "failed", bench -> {
                    bench.fold(asked("hello"));
                    bench.passes(61);
                    bench.fold(ENTRIES.lost(1, null, Envelope.NONE));
                }),
                row("cancelled while it runs", "cancelled", bench -> {
                    Entries.Run run = ENTRIES.run(1, "a");
                    bench.fold(asked("hello"));
                    bench.fold(answering(run, "Well", _ -> ENTRIES.cancel("client_request"), Entries.Run::cancelled));
                }),
                row("cancelled, the model being faster", "cancelled", bench -> {
                    Entries.Run run = ENTRIES.run(1, "a");
                    bench.fold(asked("hello"));
                    bench.fold(answering(run, "Well", _ -> ENTRIES.cancel("client_request"), Entries.Run::stop));
                }),
                row(
                        "cancelled in the queue",
                        "cancelled",
                        bench -> bench.fold(asked("hello"), ENTRIES.cancel("client_request"))),
                row(
                        "cancelled before it is asked",
                        "cancelled",
                        bench -> bench.fold(ENTRIES.cancel("client_request"), asked("hello"))),
                row(
                        "cancelled by somebody who says blocked",
                        "cancelled",
                        bench -> bench.fold(asked("hello"), ENTRIES.cancel("blocked"))),
                row("deleted while it runs", "cancelled", bench -> {
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well"));
                    bench.fold(new Entries("c", "0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11").delete());
                }),
                row("a rule blocks in the middle", "blocked", bench -> {
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "It was goldfinger, sir"));
                }),
                row("a rule blocks at the end", "blocked", bench -> {
                    Entries.Run run = ENTRIES.run(1, "a");
                    bench.fold(asked("hello"));
                    bench.fold(answering(run, "It was goldfinger", Entries.Run::stop));
                }),
                row("a rule blocks the prompt", "blocked", bench -> bench.fold(asked("find goldfinger"))),
                row("a rule that regenerates refuses the prompt", "blocked", bench -> bench.fold(asked("as an AI"))),
                row("a rule is not content with the second attempt either", "blocked", bench -> {
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well, as an AI"));
                    bench.fold(answering(ENTRIES.run(2, "b"), "As an AI"));
                }),
                row("a rule blocks what a lost producer has left", "blocked", bench -> {
                    bench.fold(ENTRIES.request("hello", request -> request.setRuleSetVersion(RULES.version())));
                    bench.fold(answering(ENTRIES.run(1, "a"), "It was goldfinger"));
                    bench.fold(ENTRIES.lost(1, "a", 100));
                }),
                row("a rule is content with the second attempt", "completed", bench -> {
                    Entries.Run second = ENTRIES.run(2, "b");
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well, as an AI"));
                    bench.fold(answering(second, "Well", Entries.Run::stop));
                }),
                row("the producer is lost", "failed", bench -> {
                    bench.fold(ENTRIES.request("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well"));
                    bench.fold(ENTRIES.lost(1, "a", 100));
                }));
    }

    private static FoldBench bench() {
        return new FoldBench(
                FoldLimits.standard(),
                new RuleModeration(version -> version.equals(RULES.version()) ? new RuleGates(RULES) : null));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("outcomes")
    void everyViewHasTheSameWord(String scene, String outcome, Scene journal) throws IOException {
        // Given
        FoldBench bench = bench();

        // When
        journal.play(bench);

        // Then live
        List<TokenEvent> tape = bench.tape().stream()
                .filter(event -> event.envelope().responseId().equals("r"))
                .toList();
        assertThat(json(tape.getLast()).path("outcome").asText()).isEqualTo(outcome);
        assertThat(tape.subList(0, tape.size() - 1)).allMatch(event -> !event.isTerminal());

        // And for whoever puts it together from the tape, as gateways do for snapshots
        ResponseAssembler reader = new ResponseAssembler("c", "r");
        tape.forEach(reader::accept);
        assertThat(json(reader.toResponse()).path("outcome").asText()).isEqualTo(outcome);

        // And in the store, on llm.responses and in llm.metrics
        Response stored = bench.of(FoldOutcome.StoreTurn.class).getLast().turn();
        assertThat(json(stored).path("outcome").asText()).isEqualTo(outcome);
        Response told = bench.completed().getLast();
        assertThat(json(told).path("outcome").asText()).isEqualTo(outcome);
        assertThat(told.getVerdicts()).isEqualTo(reader.toResponse().getVerdicts());
        assertThat(told.getBillingStops()).isEqualTo(reader.toResponse().getBillingStops());
        ResponseMetrics metrics = bench.of(FoldOutcome.Measured.class).getLast().metrics();
        assertThat(metrics.getOutcome()).isEqualTo(outcome);
        assertThat(metrics.getErrorCode() != null).isEqualTo(outcome.equals("failed"));
    }

    static Stream<Arguments> beginnings() {
        return Stream.of(
                row("the first", "", bench -> {
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well"));
                }),
                row("regenerated", "regenerated by again", bench -> {
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well, as an AI"));
                    bench.fold(answering(ENTRIES.run(2, "b"), "Well"));
                }),
                row("the producer is lost", "producer_lost", bench -> {
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well"));
                    bench.fold(ENTRIES.lost(1, "a", 100));
                    bench.fold(answering(ENTRIES.run(2, "b"), "Well"));
                }),
                row("regenerated, then lost", "producer_lost", bench -> {
                    bench.fold(asked("hello"));
                    bench.fold(answering(ENTRIES.run(1, "a"), "Well, as an AI"));
                    bench.fold(answering(ENTRIES.run(2, "b"), "Well"));
                    bench.fold(ENTRIES.lost(2, "b", 100));
                    bench.fold(answering(ENTRIES.run(3, "c"), "Well"));
                }),
                row("the provider begins again", "provider_restarted", bench -> {
                    Entries.Run run = ENTRIES.run(1, "a");
                    bench.fold(asked("hello"));
                    bench.fold(answering(run, "Well", Entries.Run::start));
                }),
                row("the fallback answers", "fallback", bench -> {
                    Entries.Run run = ENTRIES.run(1, "a");
                    bench.fold(asked("hello"), run.taken());
                    bench.fold(like(
                            run.start(),
                            at -> new TokenEvent.MessageStart(
                                    new Envelope(
                                            at.conversationId(),
                                            at.responseId(),
                                            at.attempt(),
                                            at.runId(),
                                            at.sequence(),
                                            0,
                                            Envelope.NONE,
                                            at.requestedAt(),
                                            at.receivedAt(),
                                            at.elapsedNanos(),
                                            "anthropic",
                                            "claude"),
                                    "assistant",
                                    null,
                                    null,
                                    null,
                                    null)));
                }));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("beginnings")
    void anAnswerThatBeginsAgainSaysWhy(String scene, String reason, Scene journal) throws IOException {
        // Given
        FoldBench bench = bench();

        // When
        journal.play(bench);

        // Then live
        TokenEvent.MessageStart start = (TokenEvent.MessageStart) bench.tape().stream()
                .filter(TokenEvent.MessageStart.class::isInstance)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        Verdict verdict = start.verdict();
        String told = json(start).path("reason").asText();
        assertThat(verdict == null ? told : told + " by " + verdict.getRuleId()).isEqualTo(reason);

        // And for whoever comes later
        ResponseAssembler reader = new ResponseAssembler("c", "r");
        bench.tape().forEach(reader::accept);
        assertThat(json(reader.toResponse()).path("attempt_reason").asText()).isEqualTo(told);
    }

    private static JsonNode json(TokenEvent event) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            EventJson.writeFields(json, event, Envelope.NONE);
            json.writeEndObject();
        }
        return JSON.readTree(out.toByteArray());
    }

    private static JsonNode json(Response response) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            ResponseJson.write(json, response);
        }
        return JSON.readTree(out.toByteArray());
    }
}
