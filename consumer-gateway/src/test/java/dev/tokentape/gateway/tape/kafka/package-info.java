@NullMarked
package dev.tokentape.gateway.tape.kafka;

import org.jspecify.annotations.NullMarked;
