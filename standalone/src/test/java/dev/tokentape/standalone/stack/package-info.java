@NullMarked
package dev.tokentape.standalone.stack;

import org.jspecify.annotations.NullMarked;
