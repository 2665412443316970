/** The JSON that readers get, one line a frame: events, gaps and snapshots; not who gets which. */
@NullMarked
package dev.tokentape.gateway.tape.frame;

import org.jspecify.annotations.NullMarked;
