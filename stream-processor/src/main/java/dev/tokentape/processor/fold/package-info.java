/**
 * The pure fold over one journal partition: what a sequence of records means for readers. Knows no Kafka, no clock and
 * no randomness.
 */
@NullMarked
package dev.tokentape.processor.fold;

import org.jspecify.annotations.NullMarked;
