@NullMarked
package dev.tokentape.processor.fold;

import org.jspecify.annotations.NullMarked;
