/** What every command shares: terminal, exit codes, failures, logging. */
@NullMarked
package dev.tokentape.cli.console;

import org.jspecify.annotations.NullMarked;
