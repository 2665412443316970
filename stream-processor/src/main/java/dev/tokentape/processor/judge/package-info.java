/** Asking a moderation service, outside the fold: its verdicts go into the journal. */
@NullMarked
package dev.tokentape.processor.judge;

import org.jspecify.annotations.NullMarked;
