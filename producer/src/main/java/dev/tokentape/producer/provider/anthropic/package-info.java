/** Anthropic Messages. */
@NullMarked
package dev.tokentape.producer.provider.anthropic;

import org.jspecify.annotations.NullMarked;
