@NullMarked
package dev.tokentape.processor.topology;

import org.jspecify.annotations.NullMarked;
