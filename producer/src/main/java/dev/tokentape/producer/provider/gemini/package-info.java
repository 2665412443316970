/** Google Gemini. */
@NullMarked
package dev.tokentape.producer.provider.gemini;

import org.jspecify.annotations.NullMarked;
