/** An answer as a sequence of acts (send, stall, break off) with faults woven in; knows no network and no clock. */
@NullMarked
package dev.tokentape.simulator.answer;

import org.jspecify.annotations.NullMarked;
