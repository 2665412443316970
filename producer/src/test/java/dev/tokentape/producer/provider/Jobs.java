package dev.tokentape.producer.provider;

import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Jobs for tests. */
public final class Jobs {

    private Jobs() {}

    public static GenerationJob asking(String prompt) {
        return of(List.of(), List.of(message("user", text(prompt))), _ -> {});
    }

    public static GenerationJob of(
            List<Message> history, List<Message> messages, Consumer<GenerationRequest.Builder> settings) {
        GenerationRequest.Builder request = GenerationRequest.newBuilder()
                .setConversationId("c-1")
                .setResponseId("r-1")
                .setRequestedAt(Instant.EPOCH)
                .setProvider("local")
                .setModel("test-model")
                .setMessages(messages);
        settings.accept(request);
        return GenerationJob.newBuilder()
                .setConversationId("c-1")
                .setResponseId("r-1")
                .setAttempt(1)
                .setDeadline(Instant.EPOCH)
                .setRequest(request.build())
                .setHistory(history)
                .build();
    }

    public static Message message(String role, Part... parts) {
        return Message.newBuilder().setRole(role).setParts(List.of(parts)).build();
    }

    public static Part text(String text) {
        return Part.newBuilder().setType(PartType.TEXT).setText(text).build();
    }

    public static Part call(String id, String name, String arguments) {
        return Part.newBuilder()
                .setType(PartType.TOOL_CALL)
                .setToolCallId(id)
                .setToolName(name)
                .setArguments(arguments)
                .build();
    }

    public static Part result(String id, String text) {
        return Part.newBuilder()
                .setType(PartType.TOOL_RESULT)
                .setToolCallId(id)
                .setText(text)
                .build();
    }

    static Part image(String mediaType, String data) {
        return Part.newBuilder()
                .setType(PartType.IMAGE)
                .setMediaType(mediaType)
                .setData(data)
                .build();
    }
}
