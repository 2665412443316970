/** How a provider's calls are made, as its settings say. */
@NullMarked
package dev.tokentape.producer.policy;

import org.jspecify.annotations.NullMarked;
