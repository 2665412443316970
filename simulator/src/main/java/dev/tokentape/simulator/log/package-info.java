/** The log of calls: what became of each, as tests and pages see it; neither prompts nor keys are kept. */
@NullMarked
package dev.tokentape.simulator.log;

import org.jspecify.annotations.NullMarked;
