package dev.tokentape.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Frames;
import dev.tokentape.cli.client.EventFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckTest {

    private final List<EventFrame> answer =
            Frames.answer("It ", "is ", "so.").stream().map(Frames::frame).toList();

    private List<String> problemsOf(List<EventFrame> reader) {
        return Check.problems(Map.of("the reader", reader), "It is so.");
    }

    @Test
    void aWholeAnswerIsFine() {
        assertThat(Check.problems(Map.of("a", answer, "b", answer), "It is so."))
                .isEmpty();
    }

    @Test
    void aLostEventIsFound() {
        // Given
        List<EventFrame> reader = new ArrayList<>(answer);
        reader.remove(3);

        // When
        List<String> problems = problemsOf(reader);

        // Then
        assertThat(problems)
                .contains("the reader lost events 3 to 3")
                .anyMatch(problem -> problem.contains("other text than the gateway keeps"));
    }

    @Test
    void aRepeatedEventIsFoundThoughTheTextHappensToFit() {
        // Given
        List<EventFrame> reader = new ArrayList<>(answer);
        reader.add(1, answer.getFirst());

        // When
        List<String> problems = problemsOf(reader);

        // Then
        assertThat(problems).contains("the reader got event 0 twice");
    }

    @Test
    void eventsOutOfOrderAreFound() {
        // Given
        List<EventFrame> reader = new ArrayList<>(answer);
        reader.add(2, reader.remove(3));

        // When
        List<String> problems = problemsOf(reader);

        // Then
        assertThat(problems).contains("the reader got event 2 late");
    }

    @Test
    void aMissingEndAndASecondEndAreFound() {
        // Given
        List<EventFrame> endless = answer.subList(0, answer.size() - 1);
        List<EventFrame> twice = new ArrayList<>(answer);
        twice.add(Frames.frame(Frames.stop(answer.size())));

        // Then
        assertThat(problemsOf(endless)).anyMatch(problem -> problem.contains("0 ends"));
        assertThat(problemsOf(twice)).anyMatch(problem -> problem.contains("2 ends"));
    }

    @Test
    void anAnswerThatFailedIsFound() {
        // Given
        List<EventFrame> failed = new ArrayList<>(answer.subList(0, answer.size() - 1));
        failed.add(Frames.frame(Frames.error(answer.size() - 1)));

        // Then
        assertThat(problemsOf(failed)).contains("the reader saw the answer end with error");
    }

    @Test
    void differentTextsAreFound() {
        // Given
        List<EventFrame> other =
                Frames.answer("It ", "was ", "so.").stream().map(Frames::frame).toList();

        // When
        List<String> problems = Check.problems(Map.of("a", answer, "b", other), "It is so.");

        // Then
        assertThat(problems).contains("the subscribers hold different texts");
    }

    @Test
    void aReaderOfNothingIsFound() {
        assertThat(problemsOf(List.of())).contains("the reader got nothing");
    }
}
