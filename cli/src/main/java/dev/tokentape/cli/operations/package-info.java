/** Health and figures of a service that has no HTTP of its own. */
@NullMarked
package dev.tokentape.cli.operations;

import org.jspecify.annotations.NullMarked;
