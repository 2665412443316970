/** Checks of what a pattern has found: check digits, numbering plans, randomness. */
@NullMarked
package dev.tokentape.processor.moderation.validate;

import org.jspecify.annotations.NullMarked;
