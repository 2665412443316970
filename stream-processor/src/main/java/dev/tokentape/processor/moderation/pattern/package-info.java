/** Regular expressions as deterministic automata over plain symbols. */
@NullMarked
package dev.tokentape.processor.moderation.pattern;

import org.jspecify.annotations.NullMarked;
