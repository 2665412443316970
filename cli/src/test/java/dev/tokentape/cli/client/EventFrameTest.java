package dev.tokentape.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.cli.Frames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFrameTest {

    @Test
    void readsWhatAReaderNeeds() {
        // When
        EventFrame frame = EventFrame.parse(Frames.text(7, "so"), 5);

        // Then
        assertThat(frame.id()).isEqualTo("cursor-7");
        assertThat(frame.sequence()).isEqualTo(7);
        assertThat(frame.text()).isEqualTo("so");
        assertThat(frame.readAt()).isEqualTo(5);
        assertThat(frame.terminal()).isFalse();
        assertThat(frame.hasContent()).isTrue();
    }

    @Test
    void toolArgumentsAndOtherChoicesAreContentButNotText() {
        // When
        EventFrame arguments = EventFrame.parse(
                Frames.json(2, "content_block_delta", ",\"delta\":{\"type\":\"input_json\",\"text\":\"{}\"}"), 0);
        EventFrame secondChoice = EventFrame.parse(
                Frames.json(
                        3, "content_block_delta", ",\"choice_index\":1,\"delta\":{\"type\":\"text\",\"text\":\"b\"}"),
                0);

        // Then
        assertThat(arguments.text()).isEmpty();
        assertThat(arguments.hasContent()).isTrue();
        assertThat(secondChoice.text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"message_stop", "error", "cancelled"})
    void theThreeEndsAreTerminal(String type) {
        assertThat(EventFrame.parse(Frames.json(1, type, ""), 0).terminal()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"not json", "{}", "{\"type\":null}"})
    void whatIsNoFrameIsRefused(String text) {
        assertThatThrownBy(() -> EventFrame.parse(text, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
