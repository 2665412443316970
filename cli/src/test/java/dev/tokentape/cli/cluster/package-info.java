@NullMarked
package dev.tokentape.cli.cluster;

import org.jspecify.annotations.NullMarked;
