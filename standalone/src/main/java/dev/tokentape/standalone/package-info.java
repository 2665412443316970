/** Everything in one process: what {@code up}, {@code demo} and {@code simulator} add to the command line. */
@NullMarked
package dev.tokentape.standalone;

import org.jspecify.annotations.NullMarked;
