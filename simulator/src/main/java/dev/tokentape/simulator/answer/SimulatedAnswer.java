package dev.tokentape.simulator.answer;

import dev.tokentape.simulator.api.StreamEncoder;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.Step;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** What a call sends if nothing goes wrong, frame by frame, each made only when it is asked for. */
public sealed interface SimulatedAnswer {

    /** The frames; asked for once. */
    Iterator<StepFrame> frames();

    /** The event which reports an error in mid-answer. */
    byte[] error();

    /** Something which breaks the JSON of the answer. */
    byte[] malformed();

    /** A script told as a stream. */
    record Streamed(Script script, StreamEncoder encoder) implements SimulatedAnswer {
        @Override
        public Iterator<StepFrame> frames() {
            var steps = script.steps();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return steps.hasNext();
                }

                @Override
                public StepFrame next() {
                    Step step = steps.next();
                    boolean beat = step instanceof Step.Token token && token.beat();
                    return new StepFrame(encoder.encode(step), step instanceof Step.Token, beat);
                }
            };
        }

        @Override
        public byte[] error() {
            return encoder.error();
        }

        @Override
        public byte[] malformed() {
            return encoder.malformed();
        }
    }

    /** A script told in one piece: it takes the time of its tokens, then the whole body leaves. */
    record Whole(Script script, Supplier<byte[]> body) implements SimulatedAnswer {
        private static final byte[] NOTHING = {};

        @Override
        public Iterator<StepFrame> frames() {
            var steps = script.steps();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return steps.hasNext();
                }

                @Override
                public StepFrame next() {
                    return switch (steps.next()) {
                        case Step.Token token -> new StepFrame(NOTHING, true, token.beat());
                        case Step.End end -> new StepFrame(body.get(), false, false);
                        case Step.ChoiceStart start -> silent();
                        case Step.BlockStart start -> silent();
                        case Step.BlockStop stop -> silent();
                        case Step.ChoiceEnd end -> silent();
                    };
                }
            };
        }

        private static StepFrame silent() {
            return new StepFrame(NOTHING, false, false);
        }

        @Override
        public byte[] error() {
            return NOTHING;
        }

        @Override
        public byte[] malformed() {
            return "{\"malformed\":".getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A recording played back as it is. */
    record Recorded(List<byte[]> events) implements SimulatedAnswer {
        @Override
        public Iterator<StepFrame> frames() {
            var left = events.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return left.hasNext();
                }

                @Override
                public StepFrame next() {
                    return new StepFrame(left.next(), true, true);
                }
            };
        }

        @Override
        public byte[] error() {
            throw new IllegalStateException("a replayed recording has no error event of its own");
        }

        @Override
        public byte[] malformed() {
            throw new IllegalStateException("a replayed recording has no malformed event of its own");
        }
    }
}
