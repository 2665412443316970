/** HTTP/1.1 on Netty: connections, limits, the Host and Origin checks, and a router. */
@NullMarked
package dev.tokentape.gateway.http;

import org.jspecify.annotations.NullMarked;
