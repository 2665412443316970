/** OpenAI's Chat Completions and the many servers that speak it; OpenAI's newer API is {@code responses}. */
@NullMarked
package dev.tokentape.producer.provider.openai;

import org.jspecify.annotations.NullMarked;
