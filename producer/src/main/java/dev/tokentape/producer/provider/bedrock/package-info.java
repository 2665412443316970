/** AWS Bedrock ConverseStream. */
@NullMarked
package dev.tokentape.producer.provider.bedrock;

import org.jspecify.annotations.NullMarked;
