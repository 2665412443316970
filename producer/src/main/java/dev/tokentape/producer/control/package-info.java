/** Orders to stop: read by every producer, all of them. */
@NullMarked
package dev.tokentape.producer.control;

import org.jspecify.annotations.NullMarked;
