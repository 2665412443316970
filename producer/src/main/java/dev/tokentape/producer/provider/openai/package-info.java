/** OpenAI Chat Completions and the family of servers that speak it, each with its own accent. */
@NullMarked
package dev.tokentape.producer.provider.openai;

import org.jspecify.annotations.NullMarked;
