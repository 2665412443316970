/** The measurements themselves. */
@NullMarked
package dev.tokentape.benchmarks.bench;

import org.jspecify.annotations.NullMarked;
