@NullMarked
package dev.tokentape.gateway.tape.cursor;

import org.jspecify.annotations.NullMarked;
