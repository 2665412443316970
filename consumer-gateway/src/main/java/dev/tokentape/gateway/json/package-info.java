/** Writing JSON, for everything that the gateway says itself; events are written by the tape. */
@NullMarked
package dev.tokentape.gateway.json;

import org.jspecify.annotations.NullMarked;
