/** LLM APIs as a run sees them: a provider by its name, one call of it, and where its events go. */
@NullMarked
package dev.tokentape.producer.provider;

import org.jspecify.annotations.NullMarked;
