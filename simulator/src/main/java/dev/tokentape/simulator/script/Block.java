package dev.tokentape.simulator.script;

import java.util.List;

/** One content block of a choice; its pieces are its tokens. */
public sealed interface Block {

    /** The tokens, in order. */
    List<String> pieces();

    /** The block with only its first {@code count} tokens. */
    Block first(int count);

    /** The tokens joined. */
    default String joined() {
        return String.join("", pieces());
    }

    /** The answer's text. */
    record Text(List<String> pieces) implements Block {
        public Text {
            pieces = List.copyOf(pieces);
        }

        @Override
        public Text first(int count) {
            return new Text(pieces.subList(0, count));
        }
    }

    /** Reasoning shown before the text; an API that signs it does so when it is written. */
    record Thinking(List<String> pieces) implements Block {
        public Thinking {
            pieces = List.copyOf(pieces);
        }

        @Override
        public Thinking first(int count) {
            return new Thinking(pieces.subList(0, count));
        }
    }

    /** The model declines. */
    record Refusal(List<String> pieces) implements Block {
        public Refusal {
            pieces = List.copyOf(pieces);
        }

        @Override
        public Refusal first(int count) {
            return new Refusal(pieces.subList(0, count));
        }
    }

    /** A call of a tool; its pieces join to a JSON object of arguments. The id has no API's prefix. */
    record ToolCall(String id, String name, List<String> pieces) implements Block {
        public ToolCall {
            pieces = List.copyOf(pieces);
        }

        @Override
        public ToolCall first(int count) {
            return new ToolCall(id, name, pieces.subList(0, count));
        }
    }
}
