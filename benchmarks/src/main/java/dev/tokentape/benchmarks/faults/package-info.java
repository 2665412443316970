/** How long readers wait after a fault, measured from outside with every service in a process of its own. */
@NullMarked
package dev.tokentape.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
