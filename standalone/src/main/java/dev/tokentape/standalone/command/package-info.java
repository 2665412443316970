/** The commands that need the broker or the simulator, one class each. */
@NullMarked
package dev.tokentape.standalone.command;

import org.jspecify.annotations.NullMarked;
