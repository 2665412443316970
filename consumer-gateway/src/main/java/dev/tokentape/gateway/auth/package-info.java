/** Who may do what: tokens, tickets, and the grants that they give. */
@NullMarked
package dev.tokentape.gateway.auth;

import org.jspecify.annotations.NullMarked;
