/** The demonstration: two subscribers, one of them cut off and resumed, checked and measured. */
@NullMarked
package dev.tokentape.standalone.demo;

import org.jspecify.annotations.NullMarked;
