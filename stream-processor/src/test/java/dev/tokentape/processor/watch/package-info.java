@NullMarked
package dev.tokentape.processor.watch;

import org.jspecify.annotations.NullMarked;
