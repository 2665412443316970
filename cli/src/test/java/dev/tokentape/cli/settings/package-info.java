@NullMarked
package dev.tokentape.cli.settings;

import org.jspecify.annotations.NullMarked;
