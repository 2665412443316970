@NullMarked
package dev.tokentape.processor.moderation.pattern;

import org.jspecify.annotations.NullMarked;
