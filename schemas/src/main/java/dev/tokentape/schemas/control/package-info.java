/** How orders are followed by all who must hear each of them; not what they do about one. */
@NullMarked
package dev.tokentape.schemas.control;

import org.jspecify.annotations.NullMarked;
