/** The tape as readers see it: segments in memory, Kafka behind them, and cursors that name a place on it. */
@NullMarked
package dev.tokentape.gateway.tape;

import org.jspecify.annotations.NullMarked;
