@NullMarked
package dev.tokentape.processor.moderation.match;

import org.jspecify.annotations.NullMarked;
