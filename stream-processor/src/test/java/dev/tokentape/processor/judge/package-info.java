@NullMarked
package dev.tokentape.processor.judge;

import org.jspecify.annotations.NullMarked;
