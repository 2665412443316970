@NullMarked
package dev.tokentape.cli.operations;

import org.jspecify.annotations.NullMarked;
