/** The HTTP side on Netty: routes, and the player that paces an answer; calls are logged in {@code log}. */
@NullMarked
package dev.tokentape.simulator.http;

import org.jspecify.annotations.NullMarked;
