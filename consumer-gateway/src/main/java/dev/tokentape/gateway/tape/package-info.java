/**
 * The tape as the rest of the gateway sees it: readers, what they ask for and the frames they get; not how any of it is
 * done.
 */
@NullMarked
package dev.tokentape.gateway.tape;

import org.jspecify.annotations.NullMarked;
