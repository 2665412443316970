/** What tells a provider who is calling: keys that print as nothing, and AWS's signature; what else a request holds is made elsewhere. */
@NullMarked
package dev.tokentape.producer.provider.auth;

import org.jspecify.annotations.NullMarked;
