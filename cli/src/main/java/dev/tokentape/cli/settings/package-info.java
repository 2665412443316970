/** Which settings there are, for whom, and what is said of those that are none. */
@NullMarked
package dev.tokentape.cli.settings;

import org.jspecify.annotations.NullMarked;
