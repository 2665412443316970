/** Carries out jobs: calls LLM APIs and appends their token events to the journal. */
@NullMarked
package dev.tokentape.producer;

import org.jspecify.annotations.NullMarked;
