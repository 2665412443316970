/** What models of one vendor want to be asked, whichever API they are called by; the bodies are written by each API. */
@NullMarked
package dev.tokentape.producer.provider.model;

import org.jspecify.annotations.NullMarked;
