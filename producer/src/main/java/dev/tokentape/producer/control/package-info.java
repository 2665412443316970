/** Orders to stop, and what they do here; not how they are read. */
@NullMarked
package dev.tokentape.producer.control;

import org.jspecify.annotations.NullMarked;
