/** The figures of the tape. */
@NullMarked
package dev.tokentape.gateway.tape.metrics;

import org.jspecify.annotations.NullMarked;
