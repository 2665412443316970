@NullMarked
package dev.tokentape.benchmarks.load;

import org.jspecify.annotations.NullMarked;
