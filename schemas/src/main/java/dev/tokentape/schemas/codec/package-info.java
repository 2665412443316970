/** The wire format: Avro in Confluent's framing, and the schema registry behind it. */
@NullMarked
package dev.tokentape.schemas.codec;

import org.jspecify.annotations.NullMarked;
