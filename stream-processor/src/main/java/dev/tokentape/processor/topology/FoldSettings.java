package dev.tokentape.processor.topology;

import dev.tokentape.processor.fold.FoldLimits;
import dev.tokentape.processor.judge.QuestionSink;
import dev.tokentape.processor.moderation.Moderation;
import dev.tokentape.processor.replay.PartitionReader;
import dev.tokentape.schemas.codec.TapeCodec;
import dev.tokentape.schemas.topic.TopicCatalogue;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * What every fold step of a process shares.
 *
 * @param replays reads partitions back beside the stream threads
 * @param watchTimeout longest silence of a run before it is reported
 * @param judge where questions to a moderation service go
 */
public record FoldSettings(
        TopicCatalogue topics,
        TapeCodec codec,
        FoldLimits limits,
        Moderation moderation,
        PartitionReader partitions,
        Executor replays,
        Duration watchTimeout,
        Clocks clocks,
        ProcessorMeters meters,
        QuestionSink judge) {}
