/** Events and commands over WebSocket, sub-protocol {@code tokentape.v1}. */
@NullMarked
package dev.tokentape.gateway.websocket;

import org.jspecify.annotations.NullMarked;
