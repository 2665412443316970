@NullMarked
package dev.tokentape.cli.client;

import org.jspecify.annotations.NullMarked;
