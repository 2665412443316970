package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.moderation.PromptCheck;
import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fold with one answer, to be told what comes next. */
abstract class FoldScene {

    final FoldBench bench = new FoldBench();
    final Entries answer = new Entries("c1", "r1");
    final Entries.Run run = answer.run(1, "run-a");

    void running(String... texts) {
        bench.fold(answer.request("hello"), run.taken(), run.start(), run.blockStart(0, BlockType.TEXT));
        for (String text : texts) {
            bench.fold(run.text(text));
        }
    }

    List<String> types() {
        return types(bench);
    }

    static List<String> types(FoldBench bench) {
        return bench.tape().stream().map(EventJson::typeOf).toList();
    }

    TokenEvent last() {
        return bench.tape().getLast();
    }

    void assertNumberedWithoutHole() {
        assertThat(bench.tape())
                .extracting(event -> event.envelope().sequence())
                .containsExactlyElementsOf(
                        java.util.stream.LongStream.range(0, bench.tape().size())
                                .boxed()
                                .toList());
    }

    static FoldLimits limits(int maxOpen, long maxCharacters) {
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

    static Moderation holdingOne() {
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

    static Moderation refusing() {
        return new Moderation() {
            @Override
            public PromptCheck promptCheck() {
                return FoldScene::refusal;
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
