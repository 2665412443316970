/** The wire formats: one class per LLM API, each turning a script into that API's bytes. */
@NullMarked
package dev.tokentape.simulator.api;

import org.jspecify.annotations.NullMarked;
