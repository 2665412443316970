/** Calls of providers over HTTP, their failures, and recorded bodies; what a body means is the reducers'. */
@NullMarked
package dev.tokentape.producer.provider.http;

import org.jspecify.annotations.NullMarked;
