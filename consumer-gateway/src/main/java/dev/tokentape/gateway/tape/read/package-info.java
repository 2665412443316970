/**
 * Readers: where each stands, what it is shown, and what it is told when it cannot go on; no Kafka and no threads.
 */
@NullMarked
package dev.tokentape.gateway.tape.read;

import org.jspecify.annotations.NullMarked;
