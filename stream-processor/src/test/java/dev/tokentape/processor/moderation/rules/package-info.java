@NullMarked
package dev.tokentape.processor.moderation.rules;

import org.jspecify.annotations.NullMarked;
