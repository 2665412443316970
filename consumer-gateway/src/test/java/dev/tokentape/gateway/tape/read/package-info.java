@NullMarked
package dev.tokentape.gateway.tape.read;

import org.jspecify.annotations.NullMarked;
