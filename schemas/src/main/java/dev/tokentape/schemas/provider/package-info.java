/**
 * What is known of a provider by its name, as plain data for all modules: addresses, keys, models, habits; how any of
 * it is used is each module's own.
 */
@NullMarked
package dev.tokentape.schemas.provider;

import org.jspecify.annotations.NullMarked;
