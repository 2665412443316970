/** Bedrock's ConverseStream: requests and events; frames and signatures are in {@code wire}, {@code auth}. */
@NullMarked
package dev.tokentape.producer.provider.bedrock;

import org.jspecify.annotations.NullMarked;
