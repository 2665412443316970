/** Fakes and recorders for the producer's tests. */
@NullMarked
package dev.tokentape.producer.testing;

import org.jspecify.annotations.NullMarked;
