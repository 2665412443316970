/** What a conversation has said before, as messages for the next job. */
@NullMarked
package dev.tokentape.processor.history;

import org.jspecify.annotations.NullMarked;
