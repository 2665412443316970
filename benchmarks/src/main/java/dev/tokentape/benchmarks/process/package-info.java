/** The processes of a measurement, and what the operating system says they cost. */
@NullMarked
package dev.tokentape.benchmarks.process;

import org.jspecify.annotations.NullMarked;
