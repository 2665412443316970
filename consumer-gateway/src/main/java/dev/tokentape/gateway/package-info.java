/** The public door: starts and cancels answers, fans events out over WebSocket and SSE, replays. */
@NullMarked
package dev.tokentape.gateway;

import org.jspecify.annotations.NullMarked;
