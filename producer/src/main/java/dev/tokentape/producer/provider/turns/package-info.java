/** Makes a job's conversation fit for its API before any body is written: one pass, and each API's rules. */
@NullMarked
package dev.tokentape.producer.provider.turns;

import org.jspecify.annotations.NullMarked;
