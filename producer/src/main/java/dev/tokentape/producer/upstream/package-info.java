/** What stands between a run and its providers: places, budgets, retries, circuits, and the way to a second provider. */
@NullMarked
package dev.tokentape.producer.upstream;

import org.jspecify.annotations.NullMarked;
