@NullMarked
package dev.tokentape.processor.history;

import org.jspecify.annotations.NullMarked;
