/** The Kafka Streams application around the fold: forward step, fold step, stores and sinks. */
@NullMarked
package dev.tokentape.processor.topology;

import org.jspecify.annotations.NullMarked;
