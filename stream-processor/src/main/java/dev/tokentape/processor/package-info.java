/** The Kafka Streams application: admits requests, releases moderated tokens, assembles answers, measures. */
@NullMarked
package dev.tokentape.processor;

import org.jspecify.annotations.NullMarked;
