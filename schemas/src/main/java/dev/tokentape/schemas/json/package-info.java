/** The JSON form of events and answers, as clients see them. */
@NullMarked
package dev.tokentape.schemas.json;

import org.jspecify.annotations.NullMarked;
