/** The command line: each service alone, and a client of the gateway. Knows no broker, no simulator, no benchmark. */
@NullMarked
package dev.tokentape.cli;

import org.jspecify.annotations.NullMarked;
