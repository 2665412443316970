/** The places where prompts and released text are judged. */
@NullMarked
package dev.tokentape.processor.moderation;

import org.jspecify.annotations.NullMarked;
