@NullMarked
package dev.tokentape.processor.moderation.normalise;

import org.jspecify.annotations.NullMarked;
