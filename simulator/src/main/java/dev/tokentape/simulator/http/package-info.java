/** The HTTP side on Netty: routes and the player which paces an answer on the event loop; what became of a call is kept in {@code log}. */
@NullMarked
package dev.tokentape.simulator.http;

import org.jspecify.annotations.NullMarked;
