/** Readers at rest, and how they are woken, one task a loop; not what they then read. */
@NullMarked
package dev.tokentape.gateway.tape.wake;

import org.jspecify.annotations.NullMarked;
