/** The figures of one answer, computed from its events alone. */
@NullMarked
package dev.tokentape.processor.metrics;

import org.jspecify.annotations.NullMarked;
