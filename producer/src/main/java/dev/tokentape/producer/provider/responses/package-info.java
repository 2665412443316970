/** OpenAI's Responses: its requests written, its events reduced; Chat Completions is {@code openai}. */
@NullMarked
package dev.tokentape.producer.provider.responses;

import org.jspecify.annotations.NullMarked;
