/** How a service starts and closes what it consists of; not what that is. */
@NullMarked
package dev.tokentape.schemas.lifecycle;

import org.jspecify.annotations.NullMarked;
