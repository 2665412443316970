@NullMarked
package dev.tokentape.processor.metrics;

import org.jspecify.annotations.NullMarked;
