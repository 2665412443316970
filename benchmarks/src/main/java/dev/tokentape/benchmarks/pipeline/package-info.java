/** Benchmarks of the whole way of an answer in one process. */
@NullMarked
package dev.tokentape.benchmarks.pipeline;

import org.jspecify.annotations.NullMarked;
