/** The wall clock beside the fold: notices runs that have fallen silent. */
@NullMarked
package dev.tokentape.processor.watch;

import org.jspecify.annotations.NullMarked;
