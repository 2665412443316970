/** Between a run and its providers: places, budgets, retries, circuits, and the fallback. */
@NullMarked
package dev.tokentape.producer.upstream;

import org.jspecify.annotations.NullMarked;
