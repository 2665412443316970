package dev.tokentape.processor.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.AttemptReason;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every state of an open response, and every transition from it: it is made, or refused by the names of both states.
 */
class LifecycleTest {

    private static final ResponseKey KEY = new ResponseKey("c1", "r1");
    private static final Envelope ENVELOPE = Envelope.ofSystem("c1", "r1", 1, 1);
    private static final TokenEvent LAST_WORD =
            new TokenEvent.MessageStop(ENVELOPE, StopReason.END_TURN, null, null, null, null);
    private static final ToolTurn TURN = new ToolTurn(List.of("call-1"), Map.of());

    private static final Map<String, RunState> STATES = Map.of(
            "Awaiting", new RunState.Awaiting(7, TURN),
            "Held", new RunState.Held(7),
            "Queued", new RunState.Queued(7),
            "Running", new RunState.Running("run-a"),
            "Judged", new RunState.Judged(LAST_WORD, 7),
            "Cancelling", new RunState.Cancelling("run-a", "enough"));

    /** A transition, the states that it may leave, and the one that it leads to. */
    private record Transition(String name, Consumer<Lifecycle> step, List<String> from, RunState to) {}

    private static final ToolTurn MORE = new ToolTurn(List.of("call-1", "call-2"), Map.of());

    private static final List<Transition> TRANSITIONS = List.of(
            new Transition("collect", life -> life.collect(MORE), List.of("Awaiting"), new RunState.Awaiting(7, MORE)),
            new Transition("hold", life -> life.hold(9), List.of("Awaiting", "Queued"), new RunState.Held(9)),
            new Transition("queue", life -> life.queue(9), List.of("Awaiting", "Held"), new RunState.Queued(9)),
            new Transition("take", life -> life.take("run-b", 5), List.of("Queued"), new RunState.Running("run-b")),
            new Transition(
                    "tryAgain",
                    life -> life.tryAgain(9, AttemptReason.PRODUCER_LOST, null),
                    List.of("Running"),
                    new RunState.Queued(9)),
            new Transition(
                    "cancel", life -> life.cancel("no"), List.of("Running"), new RunState.Cancelling("run-a", "no")),
            new Transition(
                    "awaitVerdicts",
                    life -> life.awaitVerdicts(LAST_WORD, 9),
                    List.of("Running"),
                    new RunState.Judged(LAST_WORD, 9)));

    static Stream<Arguments> everyStateAndTransition() {
        List<Arguments> table = new ArrayList<>();
        STATES.keySet().stream()
                .sorted()
                .forEach(state -> TRANSITIONS.forEach(
                        transition -> table.add(Arguments.of(state, transition.name(), transition))));
        return table.stream();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyStateAndTransition")
    void aTransitionIsMadeFromItsStatesAlone(String state, String name, Transition transition) {
        // Given
        RunState before = Objects.requireNonNull(STATES.get(state));
        int[] dropped = new int[1];
        Lifecycle life = new Lifecycle(KEY, before, () -> dropped[0]++);

        if (transition.from().contains(state)) {
            // When
            transition.step().accept(life);

            // Then
            assertThat(life.state()).isEqualTo(transition.to());
            assertThat(dropped[0]).isEqualTo(List.of("tryAgain", "cancel").contains(name) ? 1 : 0);
        } else {
            // When, Then
            assertThatThrownBy(() -> transition.step().accept(life))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("response c1/r1 cannot go from %s to %s"
                            .formatted(state, transition.to().getClass().getSimpleName()));
            assertThat(life.state()).isSameAs(before);
            assertThat(life.attempt()).isEqualTo(1);
            assertThat(dropped[0]).isZero();
        }
    }

    @Test
    void theTableHasEveryState() {
        assertThat(STATES.values())
                .extracting(state -> (Object) state.getClass())
                .containsExactlyInAnyOrder((Object[]) RunState.class.getPermittedSubclasses());
    }

    @Test
    void aRunOwnsAnAttemptFromItsTakingToItsLoss() {
        // Given
        Lifecycle life = new Lifecycle(KEY, new RunState.Queued(7), () -> {});
        Envelope first = said("run-a", 1);
        Envelope second = said("run-b", 2);
        List<@Nullable String> owners = new ArrayList<>();

        // When
        owners.add(life.owner());
        life.take("run-a", 5);
        owners.add(life.owner());
        boolean owned = life.isOwnedBy(first);
        life.tryAgain(9, AttemptReason.PRODUCER_LOST, null);
        owners.add(life.owner());
        long signWithoutOwner = life.lastSign();
        life.take("run-b", 6);

        // Then
        assertThat(owners).containsExactly(null, "run-a", null);
        assertThat(owned).isTrue();
        assertThat(signWithoutOwner).isEqualTo(Envelope.NONE);
        assertThat(life.isOwnedBy(first)).isFalse();
        assertThat(life.isOwnedBy(second)).isTrue();
        assertThat(life.attempt()).isEqualTo(2);
        assertThat(life.lastSign()).isEqualTo(6);
    }

    private static Envelope said(String runId, int attempt) {
        return new Envelope("c1", "r1", attempt, runId, 1, 0, Envelope.NONE, 1, 1, Envelope.NONE, null, null);
    }
}
