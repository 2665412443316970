/** Answers that are to end when nobody reads them any more. */
@NullMarked
package dev.tokentape.gateway.watch;

import org.jspecify.annotations.NullMarked;
