/** Events as server-sent events. */
@NullMarked
package dev.tokentape.gateway.sse;

import org.jspecify.annotations.NullMarked;
