@NullMarked
package dev.tokentape.gateway.auth;

import org.jspecify.annotations.NullMarked;
