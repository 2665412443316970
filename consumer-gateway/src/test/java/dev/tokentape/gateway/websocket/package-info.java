/** One socket, tested in every state. */
@NullMarked
package dev.tokentape.gateway.websocket;

import org.jspecify.annotations.NullMarked;
