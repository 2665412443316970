/** The whole way of an answer on a real broker, and the rules of the house. */
@NullMarked
package dev.tokentape.integration;

import org.jspecify.annotations.NullMarked;
