package dev.tokentape.gateway.api;

import dev.tokentape.gateway.auth.Scope;
import dev.tokentape.gateway.history.ConversationPage;
import dev.tokentape.gateway.history.ReadableConversations;
import dev.tokentape.gateway.http.HttpAnswer;
import dev.tokentape.gateway.http.PublicIds;
import dev.tokentape.gateway.http.Request;
import dev.tokentape.gateway.json.JsonBytes;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/conversations}: those that the caller may read and that have finished turns, page by page. */
final class ConversationsHandler {

    static final Set<String> PARAMETERS = Set.of("after", "limit");

    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 500;

    private final ReadableConversations conversations;

    ConversationsHandler(ReadableConversations conversations) {
        this.conversations = conversations;
    }

    CompletionStage<HttpAnswer> list(Request request) {
        request.grant().require(Scope.READ);
        @Nullable String after = request.parameter("after");
        int limit = request.number("limit", DEFAULT_LIMIT, 1, MOST);
        return conversations
                .page(request.grant(), after == null ? "" : PublicIds.conversation("after", after), limit)
                .thenApply(page -> HttpAnswer.json(200, json(page)));
    }

    private static byte[] json(ConversationPage page) {
        return JsonBytes.object(json -> {
            json.writeArrayFieldStart("conversations");
            for (ConversationPage.Listed listed : page.conversations()) {
                json.writeStartObject();
                json.writeStringField("conversation_id", listed.conversationId());
                json.writeNumberField("turns", listed.turns());
                json.writeStringField("updated_at", listed.updatedAt());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("next", page.next());
        });
    }
}
