/** The matcher: engines that know what is still alive, and the gate that releases what is not. */
@NullMarked
package dev.tokentape.processor.moderation.match;

import org.jspecify.annotations.NullMarked;
