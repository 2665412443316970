/** The way to the journal: encode, wait for room, send, hear back. */
@NullMarked
package dev.tokentape.producer.journal;

import org.jspecify.annotations.NullMarked;
