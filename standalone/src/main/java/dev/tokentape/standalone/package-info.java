/** The command line: every service alone, all of them in one process, and a small client. */
@NullMarked
package dev.tokentape.standalone;

import org.jspecify.annotations.NullMarked;
