/** The write loop, tested in every state. */
@NullMarked
package dev.tokentape.gateway.stream;

import org.jspecify.annotations.NullMarked;
