/** What a call is told to do: timing, length, seed and faults, and the keys which set them. */
@NullMarked
package dev.tokentape.simulator.settings;

import org.jspecify.annotations.NullMarked;
