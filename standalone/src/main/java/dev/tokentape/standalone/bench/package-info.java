/** Benchmarks of the whole way of an answer in one process. */
@NullMarked
package dev.tokentape.standalone.bench;

import org.jspecify.annotations.NullMarked;
