/** What tells a provider who is calling: keys that print as nothing, and AWS's signature; nothing else. */
@NullMarked
package dev.tokentape.producer.provider.auth;

import org.jspecify.annotations.NullMarked;
