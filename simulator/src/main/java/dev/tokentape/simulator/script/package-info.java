/** What an answer says, before any API's wire format: its text, thinking and tool calls, cut into tokens. */
@NullMarked
package dev.tokentape.simulator.script;

import org.jspecify.annotations.NullMarked;
