/** Anthropic Messages: requests and events; what other APIs share is in {@code api} and {@code turns}. */
@NullMarked
package dev.tokentape.producer.provider.anthropic;

import org.jspecify.annotations.NullMarked;
