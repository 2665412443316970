@NullMarked
package dev.tokentape.cli;

import org.jspecify.annotations.NullMarked;
