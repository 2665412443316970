/** requests for answers and orders to stop, from JSON to Kafka. */
@NullMarked
package dev.tokentape.gateway.command;

import org.jspecify.annotations.NullMarked;
