@NullMarked
package dev.tokentape.processor;

import org.jspecify.annotations.NullMarked;
