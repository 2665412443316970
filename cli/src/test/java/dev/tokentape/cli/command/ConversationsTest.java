package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code ls} and {@code show}. */
@Timeout(60)
class ConversationsTest {

    private final Screen screen = new Screen();
    private final MockWebServer gateway = new MockWebServer();
    private final Map<String, String> documents = new ConcurrentHashMap<>();

    @BeforeEach
    void start() throws Exception {
        gateway.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                String body = documents.get(String.valueOf(request.getTarget()));
                return body == null
                        ? new MockResponse.Builder()
                                .code(404)
                                .body("{\"title\":\"None\"}")
                                .build()
                        : new MockResponse.Builder().body(body).build();
            }
        });
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private int run(String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--gateway", "http://127.0.0.1:" + gateway.getPort()));
        return Tokentape.run(screen.terminal(), line.toArray(String[]::new));
    }

    private static String listed(String id, int turns, String updatedAt) {
        return "{\"conversation_id\":\"%s\",\"turns\":%d,\"updated_at\":\"%s\"}".formatted(id, turns, updatedAt);
    }

    private static String turn(String status, String question, String text) {
        return ("{\"response_id\":\"r\",\"status\":\"%s\",\"prompt\":[{\"role\":\"user\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]}],\"blocks\":[{\"type\":\"text\","
                        + "\"block_index\":0,\"text\":\"%s\"}]}")
                .formatted(status, question, text);
    }

    private void conversation(String id, String turns, String open) {
        documents.put(
                "/v1/conversations/" + id,
                "{\"conversation_id\":\"%s\",\"turns\":[%s],\"open\":[%s],\"cursor\":\"c\"}"
                        .formatted(id, turns, open));
    }

    @Test
    void conversationsAreListedOverAllPagesTheLatestFirstWithTheirState() {
        // Given
        documents.put(
                "/v1/conversations?limit=500",
                "{\"conversations\":[%s,%s],\"next\":\"b\"}"
                        .formatted(listed("a", 2, "2026-11-30T10:00:00Z"), listed("b", 1, "2026-11-30T12:00:00.5Z")));
        documents.put(
                "/v1/conversations?limit=500&after=b",
                "{\"conversations\":[%s],\"next\":null}".formatted(listed("c", 7, "2026-11-30T11:00:00Z")));
        conversation("a", turn("completed", "1", "1") + "," + turn("failed", "2", "2"), "");
        conversation("b", turn("completed", "1", "1"), turn("running", "2", "2"));

        // When
        int exit = run("ls", "--json");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines())
                .containsExactly(
                        "{\"conversation_id\":\"b\",\"turns\":1,"
                                + "\"updated_at\":\"2026-11-30T12:00:00.5Z\",\"state\":\"running\"}",
                        "{\"conversation_id\":\"c\",\"turns\":7,\"updated_at\":\"2026-11-30T11:00:00Z\","
                                + "\"state\":\"unknown\"}",
                        "{\"conversation_id\":\"a\",\"turns\":2,\"updated_at\":\"2026-11-30T10:00:00Z\","
                                + "\"state\":\"failed\"}");
    }

    @Test
    void forPeopleTheListIsATableOfAsManyAsAreWanted() {
        // Given
        documents.put(
                "/v1/conversations?limit=500",
                "{\"conversations\":[%s,%s],\"next\":null}"
                        .formatted(listed("a", 2, "2026-11-30T10:00:00Z"), listed("b", 1, "2026-11-30T12:00:00Z")));
        conversation("b", turn("completed", "1", "1"), "");

        // When
        int exit = run("ls", "-n", "1");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines()).hasSize(2);
        assertThat(screen.lines().getFirst()).matches("conversation +last activity +turns +state");
        assertThat(screen.lines().getLast()).matches("b +2026-1\\d-\\d\\d \\d\\d:00:00 +1 +completed");
        assertThat(screen.err()).contains("1 more");
    }

    @Test
    void whoHasNoConversationsIsToldHowToBeginOne() {
        // Given
        documents.put("/v1/conversations?limit=500", "{\"conversations\":[],\"next\":null}");

        // When
        int exit = run("ls");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.err()).contains("tokentape ask");
    }

    @Test
    void aConversationIsShownWithItsQuestionsItsAnswersAndWhatRuns() {
        // Given
        conversation("talk", turn("completed", "Why?", "So."), turn("running", "And?", "Well"));

        // When
        int exit = run("show", "talk");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines()).containsExactly("> Why?", "So.", "> And?", "Well", "[running]");
    }

    @Test
    void asJsonAConversationIsTheGatewaysDocument() {
        // Given
        conversation("talk", turn("completed", "Why?", "So."), "");

        // When
        int exit = run("show", "talk", "--json");

        // Then
        assertThat(exit).isZero();
        assertThat(screen.lines()).containsExactly(documents.get("/v1/conversations/talk"));
    }

    @Test
    void aConversationInWhichNothingWasSaidIsNoneToShow() {
        // Given
        conversation("talk", "", "");

        // When
        int exit = run("show", "talk");

        // Then
        assertThat(exit).isEqualTo(1);
        assertThat(screen.err())
                .contains("nothing was said in conversation talk")
                .contains("tokentape ls");
    }
}
