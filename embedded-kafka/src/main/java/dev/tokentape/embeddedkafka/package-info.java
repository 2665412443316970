/** One Kafka broker in KRaft mode inside this process, on a directory of its own. */
@NullMarked
package dev.tokentape.embeddedkafka;

import org.jspecify.annotations.NullMarked;
