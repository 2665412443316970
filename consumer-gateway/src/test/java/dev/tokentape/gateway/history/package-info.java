/** Questions to processors of the tests. */
@NullMarked
package dev.tokentape.gateway.history;

import org.jspecify.annotations.NullMarked;
