@NullMarked
package dev.tokentape.standalone.demo;

import org.jspecify.annotations.NullMarked;
