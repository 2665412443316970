@NullMarked
package dev.tokentape.processor.moderation.json;

import org.jspecify.annotations.NullMarked;
