/** What every API's adapter is made of: the reducer's contract, the answer it writes, bounds, error shapes. */
@NullMarked
package dev.tokentape.producer.provider.api;

import org.jspecify.annotations.NullMarked;
