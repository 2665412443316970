/** Ollama's own API: its requests written, its lines reduced; Ollama behind OpenAI's API is {@code openai}'s. */
@NullMarked
package dev.tokentape.producer.provider.ollama;

import org.jspecify.annotations.NullMarked;
