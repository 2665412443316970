/** A stand-in for the LLM APIs: speaks their wire formats over HTTP, with timing and faults. */
@NullMarked
package dev.tokentape.simulator;

import org.jspecify.annotations.NullMarked;
