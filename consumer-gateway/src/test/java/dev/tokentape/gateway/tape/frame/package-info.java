@NullMarked
package dev.tokentape.gateway.tape.frame;

import org.jspecify.annotations.NullMarked;
