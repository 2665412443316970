@NullMarked
package dev.tokentape.standalone;

import org.jspecify.annotations.NullMarked;
