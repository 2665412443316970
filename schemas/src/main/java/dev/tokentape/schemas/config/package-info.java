/** Configuration: read once from environment and file, every problem named at once. */
@NullMarked
package dev.tokentape.schemas.config;

import org.jspecify.annotations.NullMarked;
