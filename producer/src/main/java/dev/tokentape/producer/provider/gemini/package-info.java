/** Gemini's generateContent: its requests written, its chunks reduced; Gemini behind OpenAI's API is {@code openai}'s. */
@NullMarked
package dev.tokentape.producer.provider.gemini;

import org.jspecify.annotations.NullMarked;
