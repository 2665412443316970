/** What each address of the gateway does. */
@NullMarked
package dev.tokentape.gateway.api;

import org.jspecify.annotations.NullMarked;
