package dev.tokentape.simulator.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.simulator.api.StreamEncoder;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.Step;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.settings.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerformanceTest {

    private static final Script SCRIPT =
            new Script(List.of(new Choice(List.of(new Block.Text(List.of("1", "2"))), StopReason.END_TURN)), 1);

    @Test
    void withoutFaultsEverythingIsSent() {
        assertThat(acts()).containsExactly("start", "token 1", "token 2", "end", ".");
    }

    @Test
    void aFaultStrikesRightAfterItsToken() {
        assertThat(acts(new Fault.Stall(0))).containsExactly("!stall@0", "silence");
        assertThat(acts(new Fault.Stall(1))).containsExactly("start", "token 1", "!stall@1", "silence");
        assertThat(acts(new Fault.Truncate(2))).containsExactly("start", "token 1", "token 2", "!truncate@2", ".");
        assertThat(acts(new Fault.Truncate(3))).containsExactly("start", "token 1", "token 2", "end", ".");
        assertThat(acts(new Fault.ErrorEvent(1))).containsExactly("start", "token 1", "!error@1", "failed");
        assertThat(acts(new Fault.Cut(1))).containsExactly("start", "token 1", "!cut@1", "broken toke");
        assertThat(acts(new Fault.Reset(1))).containsExactly("start", "token 1", "!reset@1", "reset ");
    }

    @Test
    void aMalformedEventComesInBetweenAndAnotherFaultMayFollow() {
        assertThat(acts(new Fault.Stall(2), new Fault.Malformed(1)))
                .containsExactly("start", "token 1", "!malformed@1", "{", "token 2", "!stall@2", "silence");
    }

    private static List<String> acts(Fault... faults) {
        var acts = new ArrayList<String>();
        new Performance(new SimulatedAnswer.Streamed(SCRIPT, new Spoken()), List.of(faults)).forEachRemaining(act -> {
            String spoken = switch (act) {
                case Act.Send send -> text(send.bytes());
                case Act.Struck struck -> "!" + struck.fault().spelling();
                case Act.Stall ignored -> "silence";
                case Act.Fail fail -> text(fail.event());
                case Act.BreakOff off -> (off.reset() ? "reset " : "broken ") + text(off.bytes());
                case Act.End ignored -> ".";
            };
            if (!spoken.isEmpty()) {
                acts.add(spoken);
            }
        });
        return acts;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A wire format of plain words; seven characters a token, of which two thirds are four. */
    private static final class Spoken implements StreamEncoder {
        @Override
        public byte[] encode(Step step) {
            String word = switch (step) {
                case Step.ChoiceStart start -> "start";
                case Step.Token token -> "token " + token.text();
                case Step.End end -> "end";
                case Step.BlockStart start -> "";
                case Step.BlockStop stop -> "";
                case Step.ChoiceEnd end -> "";
            };
            return word.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] error() {
            return "failed".getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] malformed() {
            return "{".getBytes(StandardCharsets.UTF_8);
        }
    }
}
