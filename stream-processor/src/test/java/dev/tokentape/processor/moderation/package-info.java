@NullMarked
package dev.tokentape.processor.moderation;

import org.jspecify.annotations.NullMarked;
