@NullMarked
package dev.tokentape.standalone.settings;

import org.jspecify.annotations.NullMarked;
