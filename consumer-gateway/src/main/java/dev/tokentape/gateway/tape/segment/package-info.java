/**
 * What is in memory of every conversation, appended by one thread and read by any; neither where it comes from nor who
 * reads it.
 */
@NullMarked
package dev.tokentape.gateway.tape.segment;

import org.jspecify.annotations.NullMarked;
