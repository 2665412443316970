@NullMarked
package dev.tokentape.standalone.cluster;

import org.jspecify.annotations.NullMarked;
