/** Failures, as far as a log may have them. */
@NullMarked
package dev.tokentape.schemas.failure;

import org.jspecify.annotations.NullMarked;
