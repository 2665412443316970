/** The commands below {@code bench}, one class each. */
@NullMarked
package dev.tokentape.benchmarks.command;

import org.jspecify.annotations.NullMarked;
