/** How a character is read when rules look at it: two string homomorphisms over code points. */
@NullMarked
package dev.tokentape.processor.moderation.normalise;

import org.jspecify.annotations.NullMarked;
