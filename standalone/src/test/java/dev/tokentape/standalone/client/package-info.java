@NullMarked
package dev.tokentape.standalone.client;

import org.jspecify.annotations.NullMarked;
