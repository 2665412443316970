@NullMarked
package dev.tokentape.processor.http;

import org.jspecify.annotations.NullMarked;
