/** Reading the journal and the tape back after an assignment. */
@NullMarked
package dev.tokentape.processor.replay;

import org.jspecify.annotations.NullMarked;
