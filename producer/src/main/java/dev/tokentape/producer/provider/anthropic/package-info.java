/** Anthropic Messages: its requests written, its events reduced; what other APIs share lives in {@code api} and {@code turns}. */
@NullMarked
package dev.tokentape.producer.provider.anthropic;

import org.jspecify.annotations.NullMarked;
