/** Gemini's generateContent: requests and chunks; Gemini behind OpenAI's API is in {@code openai}. */
@NullMarked
package dev.tokentape.producer.provider.gemini;

import org.jspecify.annotations.NullMarked;
