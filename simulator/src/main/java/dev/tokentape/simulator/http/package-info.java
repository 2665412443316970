/** The HTTP side on Netty: routes, the player which paces an answer on the event loop, and the log of calls. */
@NullMarked
package dev.tokentape.simulator.http;

import org.jspecify.annotations.NullMarked;
