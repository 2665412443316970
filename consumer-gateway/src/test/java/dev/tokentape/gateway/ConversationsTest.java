package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of conversations, where tokens say which of them somebody may read. */
class ConversationsTest {

    private final TestGateway gateway = new TestGateway(Tokens.VARIABLE, Tokens.SECRET);

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> list(String query, String scope, String... patterns) {
        return gateway.send(gateway.request("/v1/conversations" + query)
                .header("Authorization", "Bearer " + Tokens.of("ann", scope, patterns))
                .build());
    }

    private static List<String> ids(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode listed : json(response).path("conversations")) {
            ids.add(listed.path("conversation_id").asText());
        }
        return ids;
    }

    @Test
    void aConversationIsListedWithItsTurns() {
        // Given
        gateway.history.list("talk");

        // When
        HttpResponse<String> response = list("", "read", "*");

        // Then
        assertThat(json(response)).isEqualTo(json("""
                        {"conversations":[{"conversation_id":"talk","turns":1,"updated_at":"2026-11-21T10:00:00Z"}],\
                        "next":null}
                        """));
        assertThat(Documents.faults("#/components/schemas/ConversationPage", json(response)))
                .isEmpty();
    }

    @Test
    void pagesTogetherAreTheWholeList() {
        // Given
        List<String> all =
                IntStream.range(0, 25).mapToObj("talk-%02d"::formatted).toList();
        gateway.history.list(all.toArray(String[]::new));

        // When
        List<String> read = new ArrayList<>();
        int pages = 0;
        JsonNode next = json("\"\"");
        while (next.isTextual() && pages < 10) {
            HttpResponse<String> page =
                    list("?limit=10" + (next.asText().isEmpty() ? "" : "&after=" + next.asText()), "read", "*");
            read.addAll(ids(page));
            next = json(page).path("next");
            pages++;
        }

        // Then
        assertThat(read).isEqualTo(all);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void nobodySeesConversationsThatTheirTokenIsNotFor() {
        // Given
        gateway.history.list("ann-1", "ann-2", "bob-1", "common", "common-2", "zoe-ann");

        // When
        List<String> shown = ids(list("", "read", "ann-*", "common", "*-ann"));

        // Then
        assertThat(shown).containsExactly("ann-1", "ann-2", "common", "zoe-ann");
    }

    @Test
    void whatPatternsExcludeByTheirBeginningIsNotEvenRead() {
        // Given
        IntStream.range(0, 3_000).forEach(i -> gateway.history.list("aaa-%04d".formatted(i), "zzz-%04d".formatted(i)));
        gateway.history.list("bob-1", "mid-1", "mid-2");

        // When
        HttpResponse<String> response = list("", "read", "mid-*", "bob-1");

        // Then
        assertThat(ids(response)).containsExactly("bob-1", "mid-1", "mid-2");
        assertThat(json(response).path("next").isNull()).as(response.body()).isTrue();
        assertThat(gateway.history.listings).hasSize(1);
    }

    @Test
    void aLongSearchIsHandedBackToTheClientAndGoesOn() {
        // Given
        IntStream.range(0, 6_000).forEach(i -> gateway.history.list("talk-%04d".formatted(i)));
        gateway.history.list("talk-9999-mine");

        // When
        HttpResponse<String> first = list("", "read", "*-mine");
        HttpResponse<String> second = list("?after=" + json(first).path("next").asText(), "read", "*-mine");

        // Then
        assertThat(ids(first)).isEmpty();
        assertThat(ids(second)).containsExactly("talk-9999-mine");
        assertThat(json(second).path("next").isNull()).isTrue();
    }

    @Test
    void withoutTheScopeNothingIsListed() {
        // When
        HttpResponse<String> response = list("", "ask cancel", "*");

        // Then
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:scope-missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?limit=0", "?limit=501", "?limit=x", "?after=a%20b", "?after=a&after=b", "?before=a"})
    void whatIsNoPageIsRefused(String query) {
        // When
        HttpResponse<String> response = list(query, "read", "*");

        // Then
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("type").asText()).isEqualTo("urn:tokentape:problem:invalid-parameter");
    }

    @Test
    void aProcessorThatIsAwayIsSaidToBe() {
        // Given
        gateway.history.away = true;

        // When
        HttpResponse<String> response = list("", "read", "*");

        // Then
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }
}
