/** OpenAI Responses. */
@NullMarked
package dev.tokentape.producer.provider.responses;

import org.jspecify.annotations.NullMarked;
