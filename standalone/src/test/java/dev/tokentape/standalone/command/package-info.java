@NullMarked
package dev.tokentape.standalone.command;

import org.jspecify.annotations.NullMarked;
