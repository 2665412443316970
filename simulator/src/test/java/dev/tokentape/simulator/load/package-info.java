@NullMarked
package dev.tokentape.simulator.load;

import org.jspecify.annotations.NullMarked;
