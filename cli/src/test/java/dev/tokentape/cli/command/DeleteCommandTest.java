package dev.tokentape.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.cli.Screen;
import dev.tokentape.cli.Tokentape;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;

class DeleteCommandTest {

    private static final String DELETION = "0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11";
    private static final String TAKEN =
            "{\"conversation_id\":\"talk\",\"deletion_id\":\"%s\",\"status\":\"deleting\",\"cursor\":\"c1\"}"
                    .formatted(DELETION);

    private final Screen screen = new Screen();

    private static MockResponse taken() {
        return new MockResponse.Builder().code(202).body(TAKEN).build();
    }

    @Test
    void itReturnsWhenTheConversationIsGone() throws Exception {
        try (MockWebServer gateway = new MockWebServer()) {
            // Given
            gateway.enqueue(taken());
            gateway.enqueue(new MockResponse.Builder()
                    .code(200)
                    .setHeader("Content-Type", "text/event-stream")
                    .body(("id: c2\ndata: "
                                    + "{\"id\":\"c2\",\"type\":\"conversation_deleted\",\"conversation_id\":\"talk\","
                                    + "\"response_id\":\"%s\",\"attempt\":0,\"sequence\":0}\n\n")
                            .formatted(DELETION))
                    .build());
            gateway.start();

            // When
            int exit = Tokentape.run(
                    screen.terminal(), "delete", "--gateway", gateway.url("/").toString(), "--json", "talk");

            // Then it was ordered, and waited for from the place that the gateway told
            assertThat(exit).isZero();
            assertThat(screen.lines()).singleElement().asString().contains(DELETION, "\"status\":\"deleted\"");
            var order = gateway.takeRequest();
            assertThat(order.getMethod() + " " + order.getTarget()).isEqualTo("DELETE /v1/conversations/talk");
            var waiting = gateway.takeRequest();
            assertThat(waiting.getTarget() + waiting.getHeaders().get("Last-Event-ID"))
                    .startsWith("/v1/conversations/talk/events")
                    .contains("c1");
        }
    }

    @Test
    void whoMayDeleteButNotReadIsToldThatItIsOnItsWay() throws Exception {
        try (MockWebServer gateway = new MockWebServer()) {
            // Given a token without the scope read
            gateway.enqueue(taken());
            gateway.enqueue(new MockResponse.Builder()
                    .code(403)
                    .body("{\"title\":\"The token does not allow this\",\"detail\":\"this needs the scope 'read'\"}")
                    .build());
            gateway.start();

            // When
            int exit = Tokentape.run(
                    screen.terminal(), "delete", "--gateway", gateway.url("/").toString(), "talk");

            // Then
            assertThat(exit).isZero();
            assertThat(screen.lines()).containsExactly("deleting");
        }
    }
}
