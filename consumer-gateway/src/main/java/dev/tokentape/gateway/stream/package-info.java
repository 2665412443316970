/** The one loop that writes events to connections: while writable and behind, write the next; flush once. */
@NullMarked
package dev.tokentape.gateway.stream;

import org.jspecify.annotations.NullMarked;
