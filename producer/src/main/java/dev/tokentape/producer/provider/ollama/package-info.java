/** Ollama's own API, beside the OpenAI-compatible one that it has too. */
@NullMarked
package dev.tokentape.producer.provider.ollama;

import org.jspecify.annotations.NullMarked;
