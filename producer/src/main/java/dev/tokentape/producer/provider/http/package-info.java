/** Calls of providers over HTTP and their failures, and bodies that were recorded; what a body means is for the reducers. */
@NullMarked
package dev.tokentape.producer.provider.http;

import org.jspecify.annotations.NullMarked;
