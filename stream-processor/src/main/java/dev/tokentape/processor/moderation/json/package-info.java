/** Tool input: moderating the strings inside JSON that is still being written. */
@NullMarked
package dev.tokentape.processor.moderation.json;

import org.jspecify.annotations.NullMarked;
