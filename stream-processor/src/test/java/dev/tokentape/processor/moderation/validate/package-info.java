@NullMarked
package dev.tokentape.processor.moderation.validate;

import org.jspecify.annotations.NullMarked;
