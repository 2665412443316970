/** Everything in one process on an embedded Kafka broker. */
@NullMarked
package dev.tokentape.standalone.stack;

import org.jspecify.annotations.NullMarked;
