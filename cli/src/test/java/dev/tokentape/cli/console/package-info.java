@NullMarked
package dev.tokentape.cli.console;

import org.jspecify.annotations.NullMarked;
