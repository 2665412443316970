/** The page at {@code /}: plain files, served from memory. */
@NullMarked
package dev.tokentape.gateway.page;

import org.jspecify.annotations.NullMarked;
