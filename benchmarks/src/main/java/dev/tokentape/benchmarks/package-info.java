/** The way in: {@code tokentape bench} beside all other commands. */
@NullMarked
package dev.tokentape.benchmarks;

import org.jspecify.annotations.NullMarked;
