/** Passes over older offsets, shared by all who wait for one; not the Kafka that they read. */
@NullMarked
package dev.tokentape.gateway.tape.catchup;

import org.jspecify.annotations.NullMarked;
