/** An answer's bytes cut into wire events: framing, sources, bounds; no HTTP, no meaning of events. */
@NullMarked
package dev.tokentape.producer.provider.wire;

import org.jspecify.annotations.NullMarked;
