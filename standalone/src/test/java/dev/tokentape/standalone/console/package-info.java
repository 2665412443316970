@NullMarked
package dev.tokentape.standalone.console;

import org.jspecify.annotations.NullMarked;
