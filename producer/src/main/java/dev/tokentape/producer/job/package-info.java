/** Jobs: taken from the share group for as many places as are free. */
@NullMarked
package dev.tokentape.producer.job;

import org.jspecify.annotations.NullMarked;
