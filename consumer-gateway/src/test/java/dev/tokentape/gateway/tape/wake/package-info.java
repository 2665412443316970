@NullMarked
package dev.tokentape.gateway.tape.wake;

import org.jspecify.annotations.NullMarked;
