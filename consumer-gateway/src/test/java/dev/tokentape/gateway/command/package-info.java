@NullMarked
package dev.tokentape.gateway.command;

import org.jspecify.annotations.NullMarked;
