package dev.tokentape.producer.testing;

import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Jobs as the processor hands them out. */
public final class Jobs {

    private Jobs() {}

    public static Message user(String text) {
        Part part = Part.newBuilder().setType(PartType.TEXT).setText(text).build();
        return Message.newBuilder().setRole("user").setParts(List.of(part)).build();
    }

    public static GenerationJob job(String conversationId) {
        return job(conversationId, FakeProvider.NAME, Instant.now().plusSeconds(60));
    }

    public static GenerationJob job(String conversationId, String provider, Instant deadline) {
        String responseId = UUID.randomUUID().toString();
        GenerationRequest request = GenerationRequest.newBuilder()
                .setConversationId(conversationId)
                .setResponseId(responseId)
                .setRequestedAt(Instant.now())
                .setProvider(provider)
                .setModel("model-1")
                .setMessages(List.of())
                .build();
        return GenerationJob.newBuilder()
                .setConversationId(conversationId)
                .setResponseId(responseId)
                .setAttempt(1)
                .setDeadline(deadline)
                .setRequest(request)
                .setHistory(List.of())
                .build();
    }
}
