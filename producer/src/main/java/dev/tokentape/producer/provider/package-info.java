/** LLM APIs: one reducer each, from wire events to token events, and the call around it. */
@NullMarked
package dev.tokentape.producer.provider;

import org.jspecify.annotations.NullMarked;
