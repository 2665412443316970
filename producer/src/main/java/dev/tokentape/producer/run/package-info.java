/** Runs: one attempt at an answer each, from {@code taken} to its terminal event. */
@NullMarked
package dev.tokentape.producer.run;

import org.jspecify.annotations.NullMarked;
