package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.HoldBack;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.PromptCheck;
import dev.tokentape.processor.moderation.Released;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ControlType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseStatus;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import dev.tokentape.schemas.topic.RecordLimits;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class JournalFoldTest {

    private final FoldBench bench = new FoldBench();
    private final Entries answer = new Entries("c1", "r1");
    private final Entries.Run run = answer.run(1, "run-a");

    private void running(String... texts) {
        bench.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        for (String text : texts) {
            bench.fold(run.text(text));
        }
    }

    private List<String> types() {
        return types(bench);
    }

    private static List<String> types(FoldBench bench) {
        return bench.tape().stream().map(EventJson::typeOf).toList();
    }

    private TokenEvent last() {
        return bench.tape().getLast();
    }

    private void assertNumberedWithoutHole() {
        assertThat(bench.tape())
                .extracting(event -> event.envelope().sequence())
                .containsExactlyElementsOf(
                        java.util.stream.LongStream.range(0, bench.tape().size())
                                .boxed()
                                .toList());
    }

    @Nested
    class Admission {

        @Test
        void aRequestPutsTheUsersTurnOnTheTapeAndHandsOutAJob() {
            // Given an empty journal
            // When a request comes
            bench.fold(answer.request("hello"));

            // Then
            TokenEvent.UserMessage turn = (TokenEvent.UserMessage) last();
            assertThat(turn.text()).isEqualTo("hello");
            assertThat(turn.role()).isEqualTo("user");
            assertThat(turn.envelope().sequence()).isZero();
            assertThat(turn.envelope().attempt()).isZero();
            assertThat(turn.envelope().provider()).isEqualTo("openai");
            assertThat(bench.jobs()).singleElement().satisfies(job -> {
                assertThat(job.getAttempt()).isEqualTo(1);
                assertThat(job.getHistory()).isEmpty();
                assertThat(job.getDeadline().getEpochSecond()).isEqualTo(10_060);
            });
        }

        @Test
        void aRepeatedRequestIsDroppedWhileItsAnswerIsOpen() {
            // Given
            bench.fold(answer.request("hello"));
            bench.forget();

            // When
            bench.fold(answer.request("hello"));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void aRepeatedRequestIsDroppedAfterItsAnswerHasEnded() {
            // Given
            running("hi");
            bench.fold(run.stop());
            bench.forget();

            // When
            bench.fold(answer.request("hello"));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void aRepeatedRequestIsDroppedEvenWhenTheIndexHasForgottenItsAnswer() {
            // Given
            running("hi");
            bench.fold(run.stop());
            bench.stores.index.clear();
            bench.forget();

            // When
            bench.fold(answer.request("hello"));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void theSameResponseIdInAnotherConversationIsAnotherResponse() {
            // Given
            bench.fold(answer.request("hello"));

            // When
            bench.fold(new Entries("c2", "r1").request("other"));

            // Then
            assertThat(bench.jobs()).extracting(job -> job.getConversationId()).containsExactly("c1", "c2");
        }

        @Test
        void aJobJoinsTheTurnsThatEndedBeforeItsRequest() {
            // Given one finished turn, and one that is still running when the request comes
            running("hi");
            bench.fold(run.stop());
            Entries second = new Entries("c1", "r2");
            bench.fold(second.request("still running"), second.run(1, "run-b").taken());

            // When
            bench.fold(new Entries("c1", "r3").request("and now?"));

            // Then
            assertThat(bench.jobs().getLast().getHistory())
                    .extracting(message -> message.getRole() + ":"
                            + message.getParts().getFirst().getText())
                    .containsExactly("user:hello", "assistant:hi");
        }

        @Test
        void aRequestWithItsOwnMessagesJoinsNoHistory() {
            // Given
            running("hi");
            bench.fold(run.stop());

            // When
            bench.fold(new Entries("c1", "r2").request("whole", request -> request.setJoinHistory(false)));

            // Then
            assertThat(bench.jobs().getLast().getHistory()).isEmpty();
        }

        @Test
        void aConversationOfAThousandTurnsIsJoinedWhole() {
            // Given
            for (int i = 0; i < 1_000; i++) {
                turn(bench, i, "said " + i);
            }
            bench.forget();

            // When
            bench.fold(answer.request("and now?"));

            // Then
            List<Message> history = bench.jobs().getFirst().getHistory();
            assertThat(history).hasSize(2_000);
            assertThat(history.getFirst().getParts().getFirst().getText()).isEqualTo("prompt 0");
            assertThat(history.getLast().getParts().getFirst().getText()).isEqualTo("said 999");
        }

        @Test
        void aConversationOfAHundredMegabytesIsRefusedClearly() {
            // Given
            String megabyte = "m".repeat(1_000_000);
            for (int i = 0; i < 100; i++) {
                turn(bench, i, megabyte);
            }
            bench.forget();

            // When
            bench.fold(answer.request("and now?"));

            // Then
            TokenEvent.Failed end = (TokenEvent.Failed) last();
            assertThat(end.error().getCode()).isEqualTo("history_too_long");
            assertThat(end.error().getMessage()).contains("2000000").contains("new conversation");
            assertThat(end.error().getRetryable()).isFalse();
            assertThat(bench.jobs()).isEmpty();
        }

        private void turn(FoldBench on, int number, String said) {
            Entries entries = new Entries("c1", "turn-" + number);
            Entries.Run of = entries.run(1, "run-" + number);
            on.fold(
                    entries.request("prompt " + number, request -> request.setJoinHistory(false)),
                    of.taken(),
                    of.start(),
                    of.blockStart(0, BlockType.TEXT),
                    of.text(said),
                    of.blockStop(0),
                    of.stop());
        }

        @Test
        void aHistoryOverTheLimitEndsTheAnswerBeforeAnyJob() {
            // Given
            FoldLimits standard = FoldLimits.standard();
            FoldBench small = new FoldBench(
                    new FoldLimits(
                            standard.jobDeadline(),
                            standard.maxAnswerDuration(),
                            standard.toolResultsDeadline(),
                            standard.maxAnswerCharacters(),
                            10,
                            100,
                            standard.maxOpenCharacters()),
                    Moderation.passThrough());
            small.fold(
                    answer.request("a prompt of more than ten characters"),
                    run.taken(),
                    run.start(),
                    run.blockStart(0, BlockType.TEXT),
                    run.text("yes"),
                    run.blockStop(0),
                    run.stop());
            small.forget();

            // When
            small.fold(new Entries("c1", "r2").request("more"));

            // Then
            assertThat(small.jobs()).isEmpty();
            assertThat(((TokenEvent.Failed) small.tape().getLast()).error().getCode())
                    .isEqualTo("history_too_long");
        }

        @Test
        void aJobTooLargeForARecordEndsTheAnswerWithAClearError() {
            // Given
            FoldBench tight = new FoldBench(RecordLimits.MAX_VALUE_BYTES + 1);

            // When
            tight.fold(answer.request("hello"));

            // Then
            assertThat(tight.jobs()).isEmpty();
            assertThat(types(tight)).containsExactly("user_message", "error");
            assertThat(((TokenEvent.Failed) tight.tape().getLast()).error().getCode())
                    .isEqualTo("request_too_long");
        }

        @Test
        void moreOpenAnswersThanTheLimitAreRefused() {
            // Given
            FoldBench small = new FoldBench(limits(1, 1_000), Moderation.passThrough());
            small.fold(answer.request("hello"));

            // When
            small.fold(new Entries("c2", "r2").request("hello"));

            // Then
            assertThat(((TokenEvent.Failed) small.tape().getLast()).error().getCode())
                    .isEqualTo("overloaded");
            assertThat(small.fold().openCount()).isEqualTo(1);
        }

        @Test
        void aRefusedPromptIsNeitherShownNorSent() {
            // Given
            FoldBench strict = new FoldBench(FoldLimits.standard(), refusing());

            // When
            strict.fold(answer.request("forbidden"));

            // Then
            assertThat(strict.jobs()).isEmpty();
            assertThat(types(strict)).containsExactly("user_message", "moderation", "cancelled");
            assertThat(((TokenEvent.UserMessage) strict.tape().getFirst()).text())
                    .isEmpty();
            assertThat(strict.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.BLOCKED);
        }
    }

    @Nested
    class Release {

        @Test
        void theOwnersEventsAreReleasedInOrderUnderTheResponsesOwnNumbers() {
            // Given
            running("Hel", "lo");

            // When
            bench.fold(run.blockStop(0), run.stop());

            // Then
            assertThat(types())
                    .containsExactly(
                            "user_message",
                            "message_start",
                            "content_block_start",
                            "content_block_delta",
                            "content_block_delta",
                            "content_block_stop",
                            "message_stop");
            assertNumberedWithoutHole();
        }

        @Test
        void aRepeatedEventIsDropped() {
            // Given
            running("Hel");
            bench.forget();

            // When
            bench.fold(run.at(3).text("Hel"));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void aSecondRunOfTheSameAttemptIsToldToStopAndNeverMixedIn() {
            // Given
            running("mine");
            Entries.Run second = answer.run(1, "run-b");
            bench.forget();

            // When
            bench.fold(second.taken(), second.start(), second.blockStart(0, BlockType.TEXT), second.text("other"));

            // Then
            assertThat(bench.tape()).isEmpty();
            assertThat(bench.stoppedRuns()).containsExactly("run-b");
        }

        @Test
        void aRunThatTakesAnEndedAnswerIsToldToStop() {
            // Given
            running("hi");
            bench.fold(run.stop());
            bench.forget();

            // When
            bench.fold(answer.run(1, "run-b").taken());

            // Then
            assertThat(bench.stoppedRuns()).containsExactly("run-b");
            assertThat(bench.of(Outcome.Stop.class).getFirst().command().getType())
                    .isEqualTo(ControlType.STOP_RUN);
        }

        @Test
        void aHeartbeatOfARunThatOwnsNothingIsAnsweredWithStop() {
            // Given
            running("hi");
            bench.forget();

            // When
            bench.fold(answer.run(1, "run-b").heartbeat());

            // Then
            assertThat(bench.stoppedRuns()).containsExactly("run-b");
        }

        @Test
        void anAnswerHasOneTerminalEventHoweverOftenItsRunSaysSo() {
            // Given
            running("hi");
            bench.fold(run.stop());

            // When
            bench.fold(run.at(4).stop(), run.stop(), run.cancelled());

            // Then
            assertThat(bench.tape()).filteredOn(TokenEvent::isTerminal).hasSize(1);
        }

        @Test
        void theTurnIsStoredBeforeItsTerminalEventIsPublished() {
            // Given
            running("Hel", "lo");
            bench.forget();

            // When
            long offset = bench.fold(run.stop());

            // Then
            assertThat(bench.said)
                    .extracting(outcome -> outcome.getClass().getSimpleName())
                    .containsExactly("StoreTurn", "Remember", "Publish", "Complete", "Measured");
            assertThat(bench.of(Outcome.StoreTurn.class).getFirst().terminalOffset())
                    .isEqualTo(offset);
            Response whole = bench.completed().getFirst();
            assertThat(whole.getText()).isEqualTo("Hello");
            assertThat(whole.getStatus()).isEqualTo(ResponseStatus.COMPLETED);
            assertThat(whole.getPrompt()).hasSize(1);
            assertThat(whole.getEndedAt()).isNotNull();
            assertThat(bench.stores.index)
                    .hasEntrySatisfying(
                            answer.key(), entry -> assertThat(entry.terminal()).isEqualTo(offset));
        }

        @Test
        void whatIsHeldBackIsReleasedWhenTheBlockEnds() {
            // Given a gate that always keeps the last character
            FoldBench held = new FoldBench(FoldLimits.standard(), holdingOne());
            held.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));

            // When
            held.fold(run.text("ab"), run.text("c"), run.blockStop(0), run.stop());

            // Then
            assertThat(held.tape())
                    .filteredOn(TokenEvent.BlockDelta.class::isInstance)
                    .extracting(event -> ((TokenEvent.BlockDelta) event).text())
                    .containsExactly("a", "b", "c");
            assertThat(types(held).subList(5, 8))
                    .containsExactly("content_block_delta", "content_block_stop", "message_stop");
        }

        @Test
        void whatIsHeldBackOfABrokenOffBlockIsReleasedBeforeTheEnd() {
            // Given
            FoldBench held = new FoldBench(FoldLimits.standard(), holdingOne());
            held.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
            held.fold(run.text("ab"));

            // When
            held.fold(run.stop());

            // Then
            assertThat(held.completed().getFirst().getText()).isEqualTo("ab");
        }

        @Test
        void anAnswerOverTheCharacterLimitEndsAndItsRunIsStopped() {
            // Given
            FoldBench small = new FoldBench(limits(10, 5), Moderation.passThrough());
            small.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
            small.fold(run.text("12345"));

            // When
            small.fold(run.text("6"));

            // Then
            assertThat(((TokenEvent.Failed) small.tape().getLast()).error().getCode())
                    .isEqualTo("answer_too_long");
            assertThat(small.completed().getFirst().getText()).isEqualTo("12345");
            assertThat(small.stoppedRuns()).containsExactly("run-a");
        }

        @Test
        void moreOpenCharactersThanTheLimitEndTheAnswerThatAddsToThem() {
            // Given
            FoldLimits standard = FoldLimits.standard();
            FoldBench small = new FoldBench(
                    new FoldLimits(
                            standard.jobDeadline(),
                            standard.maxAnswerDuration(),
                            standard.toolResultsDeadline(),
                            standard.maxAnswerCharacters(),
                            standard.maxHistoryCharacters(),
                            100,
                            300),
                    Moderation.passThrough());
            small.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
            small.fold(run.text("x".repeat(300)));

            // When
            small.fold(run.text("y"));

            // Then
            TokenEvent.Failed end = (TokenEvent.Failed) small.tape().getLast();
            assertThat(end.error().getCode()).isEqualTo("overloaded");
            assertThat(end.error().getPhase()).isEqualTo(ErrorPhase.MID_STREAM);
            assertThat(small.stoppedRuns()).containsExactly("run-a");
        }

        @Test
        void anAnswerThatItsRecordCannotHoldEnds() {
            // Given three bytes a character, and every text twice in the record
            FoldBench large = new FoldBench();
            large.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
            String piece = "\u20ac".repeat(200_000);

            // When
            for (int i = 0; i < 7; i++) {
                large.fold(run.text(piece));
            }

            // Then
            assertThat(((TokenEvent.Failed) large.tape().getLast()).error().getCode())
                    .isEqualTo("answer_too_long");
            assertThat(large.completed().getFirst().getText()).hasSize(6 * 200_000);
        }
    }

    @Nested
    class Cancel {

        @Test
        void aCancelBeforeAnyRunEndsTheAnswerAtOnce() {
            // Given
            bench.fold(answer.request("hello"));

            // When
            bench.fold(answer.cancel("client_request"));

            // Then
            TokenEvent.Cancelled end = (TokenEvent.Cancelled) last();
            assertThat(end.reason()).isEqualTo("client_request");
            assertThat(end.billingStops()).isEqualTo("yes");
            assertThat(bench.fold().openCount()).isZero();
        }

        @Test
        void aRunThatTakesACancelledAnswerIsStopped() {
            // Given
            bench.fold(answer.request("hello"), answer.cancel("client_request"));

            // When
            bench.fold(run.taken());

            // Then
            assertThat(bench.stoppedRuns()).containsExactly("run-a");
        }

        @Test
        void aCancelledRunningAnswerShowsNothingMoreUntilItsOneTerminalEvent() {
            // Given
            running("shown");
            bench.fold(answer.cancel("client_request"));
            bench.forget();

            // When
            bench.fold(run.text("not shown"), run.blockStop(0), run.cancelled());

            // Then
            assertThat(types()).containsExactly("cancelled");
            assertThat(bench.completed().getFirst().getText()).isEqualTo("shown");
            assertThat(bench.completed().getFirst().getStatus()).isEqualTo(ResponseStatus.CANCELLED);
        }

        @Test
        void anAnswerThatFinishesDespiteItsCancelIsCancelledWithItsUsage() {
            // Given
            running("shown");
            bench.fold(answer.cancel("client_request"));

            // When
            bench.fold(run.stop());

            // Then
            TokenEvent.Cancelled end = (TokenEvent.Cancelled) last();
            assertThat(end.reason()).isEqualTo("client_request");
            assertThat(end.billingStops()).isEqualTo("no");
            assertThat(end.usage()).isNotNull();
        }

        @Test
        void aRunThatStopsByItselfBeforeTheCancelIsSeenEndsTheAnswerOnce() {
            // Given
            running("shown");
            bench.fold(run.cancelled());
            bench.forget();

            // When
            bench.fold(answer.cancel("client_request"));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void aCancelledAnswerWhoseRunDiesEndsAsCancelled() {
            // Given
            running("shown");
            bench.fold(answer.cancel("client_request"));

            // When
            bench.fold(answer.lost(1, "run-a", 100));

            // Then
            assertThat(((TokenEvent.Cancelled) last()).reason()).isEqualTo("client_request");
            assertThat(bench.jobs()).hasSize(1);
        }

        @Test
        void aCancelThatOvertakesItsRequestStillCounts() {
            // Given
            bench.fold(answer.cancel("client_request"));

            // When
            bench.fold(answer.request("hello"));

            // Then
            assertThat(types()).containsExactly("user_message", "cancelled");
            assertThat(bench.jobs()).isEmpty();
            assertThat(bench.fold().openCount()).isZero();
        }

        @Test
        void aCancelWithoutARequestIsForgottenAfterTheJobDeadline() {
            // Given
            bench.fold(answer.cancel("client_request"));
            bench.fold(answer.lost(0, null, Envelope.NONE));
            assertThat(bench.fold().openCount()).isEqualTo(1);
            bench.passes(60);

            // When
            bench.fold(answer.lost(0, null, Envelope.NONE));

            // Then
            assertThat(bench.fold().openCount()).isZero();
            assertThat(bench.stores.index).isEmpty();
            assertThat(bench.tape()).isEmpty();
        }
    }

    @Nested
    class LostAttempts {

        @Test
        void anAttemptLostBeforeTheFirstTokenIsTriedAgain() {
            // Given
            bench.fold(answer.request("hello"), run.taken(), run.start());

            // When
            bench.fold(answer.lost(1, "run-a", 2));

            // Then
            assertThat(bench.jobs()).extracting(job -> job.getAttempt()).containsExactly(1, 2);
            assertThat(bench.stoppedRuns()).containsExactly("run-a");
            assertThat(bench.tape()).noneMatch(TokenEvent::isTerminal);
        }

        @Test
        void theNextAttemptSupersedesAndItsNumbersRunOn() {
            // Given
            bench.fold(answer.request("hello", request -> request.setOnAttemptLost(LostPolicy.RESTART)));
            bench.fold(run.taken(), run.start(), run.blockStart(0, BlockType.TEXT), run.text("old"));
            bench.fold(answer.lost(1, "run-a", 4));
            Entries.Run second = answer.run(2, "run-b");

            // When
            bench.fold(
                    second.taken(),
                    second.start(),
                    second.blockStart(0, BlockType.TEXT),
                    second.text("new"),
                    second.blockStop(0),
                    second.stop());

            // Then
            assertNumberedWithoutHole();
            assertThat(bench.completed().getFirst().getText()).isEqualTo("new");
            assertThat(bench.completed().getFirst().getAttempt()).isEqualTo(2);
            assertThat(bench.of(Outcome.Measured.class).getFirst().metrics().getAttempts())
                    .isEqualTo(2);
        }

        @Test
        void aZombieOfAnEarlierAttemptIsDropped() {
            // Given
            bench.fold(answer.request("hello"), run.taken(), run.start());
            bench.fold(answer.lost(1, "run-a", 2));
            bench.fold(answer.run(2, "run-b").taken());
            bench.forget();

            // When
            bench.fold(run.blockStart(0, BlockType.TEXT), run.text("late"), run.heartbeat());

            // Then
            assertThat(bench.tape()).isEmpty();
            assertThat(bench.stoppedRuns()).containsExactly("run-a");
        }

        @Test
        void aReportIsVoidIfTheRunHasSpokenSince() {
            // Given
            running("one");
            bench.fold(run.text("two"));
            bench.forget();

            // When the watch had seen only offset 4
            bench.fold(answer.lost(1, "run-a", 4));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void aReportIsVoidIfTheRunHasSentAHeartbeatSince() {
            // Given
            running("one");
            bench.fold(run.heartbeat());
            bench.forget();

            // When
            bench.fold(answer.lost(1, "run-a", 4));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void aReportAboutARunThatOwnsNothingIsVoid() {
            // Given
            running("one");
            bench.forget();

            // When
            bench.fold(answer.lost(1, "run-b", 100));

            // Then
            assertThat(bench.said).isEmpty();
        }

        @Test
        void anAttemptLostMidAnswerEndsWithAnErrorByDefault() {
            // Given
            running("shown");

            // When
            bench.fold(answer.lost(1, "run-a", 4));

            // Then
            TokenEvent.Failed end = (TokenEvent.Failed) last();
            assertThat(end.error().getCode()).isEqualTo("producer_lost");
            assertThat(end.error().getPhase()).isEqualTo(ErrorPhase.MID_STREAM);
            assertThat(bench.completed().getFirst().getText()).isEqualTo("shown");
        }

        @Test
        void afterThreeLostAttemptsTheAnswerEnds() {
            // Given
            bench.fold(answer.request("hello"));
            for (int attempt = 1; attempt < 3; attempt++) {
                long taken = bench.fold(answer.run(attempt, "run-" + attempt).taken());
                bench.fold(answer.lost(attempt, "run-" + attempt, taken));
            }
            long taken = bench.fold(answer.run(3, "run-3").taken());

            // When
            bench.fold(answer.lost(3, "run-3", taken));

            // Then
            assertThat(bench.jobs()).hasSize(3);
            assertThat(((TokenEvent.Failed) last()).error().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
        }

        @Test
        void aHoleInARunsNumbersCostsItTheAttempt() {
            // Given
            running("one");

            // When
            bench.fold(run.at(9).text("ten"));

            // Then
            assertThat(((TokenEvent.Failed) last()).error().getCode()).isEqualTo("producer_lost");
            assertThat(bench.stoppedRuns()).containsExactly("run-a");
            assertNumberedWithoutHole();
        }

        @Test
        void aQueuedAnswerEndsOnlyOnceItsDeadlineHasPassed() {
            // Given
            bench.fold(answer.request("hello"));
            bench.fold(answer.lost(1, null, Envelope.NONE));
            assertThat(bench.tape()).noneMatch(TokenEvent::isTerminal);
            bench.passes(60);

            // When
            bench.fold(answer.lost(1, null, Envelope.NONE));

            // Then
            TokenEvent.Failed end = (TokenEvent.Failed) last();
            assertThat(end.error().getCode()).isEqualTo("no_producer");
            assertThat(end.error().getPhase()).isEqualTo(ErrorPhase.QUEUE);
        }

        @Test
        void anAnswerOverItsTimeEndsThoughItsRunIsAlive() {
            // Given
            running("shown");
            bench.passes(Duration.ofMinutes(21).toSeconds());
            bench.fold(run.heartbeat());

            // When
            bench.fold(answer.lost(1, "run-a", 0));

            // Then
            assertThat(((TokenEvent.Failed) last()).error().getCode()).isEqualTo("answer_timed_out");
            assertThat(bench.stoppedRuns()).containsExactly("run-a");
        }
    }

    private static FoldLimits limits(int maxOpen, long maxCharacters) {
        FoldLimits standard = FoldLimits.standard();
        return new FoldLimits(
                standard.jobDeadline(),
                standard.maxAnswerDuration(),
                standard.toolResultsDeadline(),
                maxCharacters,
                standard.maxHistoryCharacters(),
                maxOpen,
                standard.maxOpenCharacters());
    }

    private static Moderation holdingOne() {
        return new Moderation() {
            @Override
            public PromptCheck promptCheck() {
                return _ -> null;
            }

            @Override
            public HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block) {
                return new HoldingOne();
            }
        };
    }

    private static Moderation refusing() {
        return new Moderation() {
            @Override
            public PromptCheck promptCheck() {
                return JournalFoldTest::refusal;
            }

            @Override
            public HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block) {
                return new HoldingOne();
            }
        };
    }

    private static @Nullable Verdict refusal(GenerationRequest request) {
        return Verdict.newBuilder()
                .setAction("block")
                .setRuleId("test")
                .setCategory("test")
                .build();
    }

    /** Keeps the last character until more comes. */
    static final class HoldingOne implements HoldBack {
        private String held = "";

        @Override
        public Released append(String text) {
            String all = held + text;
            held = all.isEmpty() ? "" : all.substring(all.length() - 1);
            return Released.of(all.isEmpty() ? "" : all.substring(0, all.length() - 1));
        }

        @Override
        public Released flush() {
            String rest = held;
            held = "";
            return Released.of(rest);
        }
    }
}
