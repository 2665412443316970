/**
 * What vendors enforce on request bodies: one class per API, each a list of named rules over the parsed body. Pure;
 * {@code docs/strict.md} lists every rule with its source.
 */
@NullMarked
package dev.tokentape.simulator.strict;

import org.jspecify.annotations.NullMarked;
