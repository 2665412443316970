/**
 * The tape on Kafka: its threads, its consumers, which topic it is, and records decoded; not what becomes of them.
 */
@NullMarked
package dev.tokentape.gateway.tape.kafka;

import org.jspecify.annotations.NullMarked;
