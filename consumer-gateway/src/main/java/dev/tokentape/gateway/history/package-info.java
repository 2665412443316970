/** Finished turns, from the processor's store. */
@NullMarked
package dev.tokentape.gateway.history;

import org.jspecify.annotations.NullMarked;
