/** What can happen to an answer: the sealed family of token events, and the answer assembled from them. */
@NullMarked
package dev.tokentape.schemas.event;

import org.jspecify.annotations.NullMarked;
