/** A client of the gateway: asks, cancels, and reads the tape over SSE and WebSocket. */
@NullMarked
package dev.tokentape.cli.client;

import org.jspecify.annotations.NullMarked;
