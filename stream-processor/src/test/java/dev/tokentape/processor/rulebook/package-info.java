@NullMarked
package dev.tokentape.processor.rulebook;

import org.jspecify.annotations.NullMarked;
