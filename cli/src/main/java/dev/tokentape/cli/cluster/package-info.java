/** The Kafka that single services are to work with, as they find it at their start. */
@NullMarked
package dev.tokentape.cli.cluster;

import org.jspecify.annotations.NullMarked;
