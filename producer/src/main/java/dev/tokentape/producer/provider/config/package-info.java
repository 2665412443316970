/** Which providers and APIs there are and what is set for them, read once; no call is made here. */
@NullMarked
package dev.tokentape.producer.provider.config;

import org.jspecify.annotations.NullMarked;
