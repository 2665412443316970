/** What the producer counts and times. */
@NullMarked
package dev.tokentape.producer.metrics;

import org.jspecify.annotations.NullMarked;
