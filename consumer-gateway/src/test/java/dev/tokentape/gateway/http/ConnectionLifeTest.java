package dev.tokentape.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.gateway.problem.Problem;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every transition, tried from every state. */
class ConnectionLifeTest {

    private static final HttpRequest HEAD = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/answer");
    private static final Router.Match MATCH = new Router.Match.Refused(Router.NO_ROUTE, Problem.noSuchAddress());

    /** The way to each state. */
    private static final Map<String, List<String>> WAYS = Map.of(
            "Waiting", List.of(),
            "Arriving", List.of("headBegins"),
            "Receiving", List.of("receives"),
            "Answering", List.of("receives", "answers"),
            "Streaming", List.of("receives", "answers", "streams"),
            "Lingering", List.of("lingers"),
            "Gone", List.of("goes"));

    /** From where each transition is one, and where to. */
    private record Transition(String to, Set<String> from, BiConsumer<ConnectionLife, TestConnection> does) {}

    private static final Map<String, Transition> TRANSITIONS = new LinkedHashMap<>();

    static {
        TRANSITIONS.put("headBegins", new Transition("Arriving", Set.of("Waiting"), (life, _) -> life.headBegins()));
        TRANSITIONS.put(
                "receives",
                new Transition(
                        "Receiving",
                        Set.of("Waiting", "Arriving"),
                        (life, it) -> life.receives(HEAD, MATCH, null, Unpooled.buffer(), it.bodies.reservation())));
        TRANSITIONS.put(
                "answers",
                new Transition(
                        "Answering",
                        Set.of("Receiving"),
                        (life, it) -> life.answers(
                                life.state() instanceof ConnectionLife.State.Receiving receiving
                                        ? receiving
                                        : new ConnectionLife.State.Receiving(
                                                HEAD, MATCH, null, Unpooled.buffer(), it.bodies.reservation()))));
        TRANSITIONS.put(
                "streams",
                new Transition(
                        "Streaming",
                        Set.of("Answering"),
                        (life, it) -> life.streams(((HttpAnswer.Events) it.events()).stream(), true)));
        TRANSITIONS.put(
                "waits", new Transition("Waiting", Set.of("Answering", "Streaming"), (life, _) -> life.waits()));
        TRANSITIONS.put(
                "lingers",
                new Transition("Lingering", Set.of("Waiting", "Arriving", "Receiving"), (life, _) -> life.lingers()));
        TRANSITIONS.put("goes", new Transition("Gone", WAYS.keySet(), (life, _) -> life.goes()));
    }

    static Stream<Arguments> pairs() {
        return WAYS.keySet().stream()
                .sorted()
                .flatMap(state -> TRANSITIONS.keySet().stream().map(name -> Arguments.of(state, name)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("pairs")
    void aTransitionIsOneFromWhereItMayComeAndChangesNothingElsewhere(String state, String name) {
        try (TestConnection it = new TestConnection(null)) {
            // Given a connection in the state
            it.send("GET /answer HTTP/1.1\r\nHost: localhost\r\n\r\n");
            ConnectionLife life = new ConnectionLife(it.config, false, _ -> {});
            life.opened(it.channel.eventLoop());
            Objects.requireNonNull(WAYS.get(state))
                    .forEach(step ->
                            Objects.requireNonNull(TRANSITIONS.get(step)).does().accept(life, it));
            assertThat(life.state().getClass().getSimpleName()).isEqualTo(state);

            // When, then
            Transition transition = Objects.requireNonNull(TRANSITIONS.get(name));
            if (transition.from().contains(state)) {
                transition.does().accept(life, it);
                assertThat(life.state().getClass().getSimpleName()).isEqualTo(transition.to());
            } else {
                assertThatThrownBy(() -> transition.does().accept(life, it))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("from " + state + " to " + transition.to());
                assertThat(life.state().getClass().getSimpleName()).isEqualTo(state);
            }
        }
    }
}
