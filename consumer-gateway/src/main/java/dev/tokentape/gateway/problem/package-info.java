/** What goes wrong at the door, as RFC 9457 problem documents. */
@NullMarked
package dev.tokentape.gateway.problem;

import org.jspecify.annotations.NullMarked;
