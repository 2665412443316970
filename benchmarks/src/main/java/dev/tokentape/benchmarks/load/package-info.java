/** The load generator: readers by the thousand in a process of their own, and what they found. */
@NullMarked
package dev.tokentape.benchmarks.load;

import org.jspecify.annotations.NullMarked;
