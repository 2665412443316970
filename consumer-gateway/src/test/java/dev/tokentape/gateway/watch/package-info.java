@NullMarked
package dev.tokentape.gateway.watch;

import org.jspecify.annotations.NullMarked;
