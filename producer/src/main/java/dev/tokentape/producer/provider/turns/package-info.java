/** A job's conversation made fit for the API that it goes to, before any body is written: one pass, and each API's rules. */
@NullMarked
package dev.tokentape.producer.provider.turns;

import org.jspecify.annotations.NullMarked;
