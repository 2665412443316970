/** The topic catalogue: the one place that names topics and says how they are kept. */
@NullMarked
package dev.tokentape.schemas.topic;

import org.jspecify.annotations.NullMarked;
