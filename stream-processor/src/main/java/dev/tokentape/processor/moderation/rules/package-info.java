/** Rule files: what a rule is, how a file is read and refused. */
@NullMarked
package dev.tokentape.processor.moderation.rules;

import org.jspecify.annotations.NullMarked;
