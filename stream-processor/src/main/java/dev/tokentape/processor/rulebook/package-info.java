/** Rule sets on their topic: how they are published, and how every processor comes to know them. */
@NullMarked
package dev.tokentape.processor.rulebook;

import org.jspecify.annotations.NullMarked;
