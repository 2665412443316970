/** What other services may ask a processor: turns and whole answers, over internal HTTP. */
@NullMarked
package dev.tokentape.processor.http;

import org.jspecify.annotations.NullMarked;
