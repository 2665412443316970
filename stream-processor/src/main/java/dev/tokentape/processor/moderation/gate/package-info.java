/** What a gate of text takes and gives; how one decides stands in {@code match} and {@code json}. */
@NullMarked
package dev.tokentape.processor.moderation.gate;

import org.jspecify.annotations.NullMarked;
