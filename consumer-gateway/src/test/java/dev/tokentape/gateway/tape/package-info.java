@NullMarked
package dev.tokentape.gateway.tape;

import org.jspecify.annotations.NullMarked;
