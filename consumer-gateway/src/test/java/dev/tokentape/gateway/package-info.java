/** The door from outside, with a tape, a Kafka and a processor that tests hold in their hands. */
@NullMarked
package dev.tokentape.gateway;

import org.jspecify.annotations.NullMarked;
