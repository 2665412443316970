@NullMarked
package dev.tokentape.embeddedkafka;

import org.jspecify.annotations.NullMarked;
