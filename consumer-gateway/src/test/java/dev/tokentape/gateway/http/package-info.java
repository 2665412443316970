@NullMarked
package dev.tokentape.gateway.http;

import org.jspecify.annotations.NullMarked;
