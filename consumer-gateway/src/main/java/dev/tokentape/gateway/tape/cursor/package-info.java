/**
 * Cursors, and the expectations that they carry: a place on the tape and what had been read there; not what stands
 * there.
 */
@NullMarked
package dev.tokentape.gateway.tape.cursor;

import org.jspecify.annotations.NullMarked;
