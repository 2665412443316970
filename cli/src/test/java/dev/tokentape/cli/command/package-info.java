@NullMarked
package dev.tokentape.cli.command;

import org.jspecify.annotations.NullMarked;
