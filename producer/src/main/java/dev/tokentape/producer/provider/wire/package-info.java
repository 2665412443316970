/** An answer's bytes cut into wire events, and read through a reducer: framing, sources, bounds; no HTTP, and nothing of what an API's events mean. */
@NullMarked
package dev.tokentape.producer.provider.wire;

import org.jspecify.annotations.NullMarked;
