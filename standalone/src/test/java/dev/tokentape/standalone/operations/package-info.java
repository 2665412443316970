@NullMarked
package dev.tokentape.standalone.operations;

import org.jspecify.annotations.NullMarked;
