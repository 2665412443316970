/** Bedrock's ConverseStream: its requests written, its events reduced; frames and signatures live in {@code wire} and {@code auth}. */
@NullMarked
package dev.tokentape.producer.provider.bedrock;

import org.jspecify.annotations.NullMarked;
