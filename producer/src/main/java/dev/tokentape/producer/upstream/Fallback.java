package dev.tokentape.producer.upstream;

import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same job for the provider that a request falls back to. */
final class Fallback {

    private Fallback() {}

    /** Null where the request names none, or the same again. */
    static @Nullable GenerationJob of(GenerationJob job) {
        GenerationRequest request = job.getRequest();
        String provider = request.getFallbackProvider();
        String model = request.getFallbackModel();
        if (provider == null && model == null) {
            return null;
        }
        GenerationRequest.Builder other = GenerationRequest.newBuilder(request)
                .setProvider(provider == null ? request.getProvider() : provider)
                .setModel(model == null ? request.getModel() : model)
                .setMessages(owned(request.getMessages(), request));
        request.getFallbackLeaveOut().forEach(option -> leaveOut(other, option));
        boolean same = other.getProvider().equals(request.getProvider())
                && other.getModel().equals(request.getModel());
        return same
                ? null
                : GenerationJob.newBuilder(job)
                        .setRequest(other.build())
                        .setHistory(owned(job.getHistory(), request))
                        .build();
    }

    /** What does not say whose it is is of the provider that was asked first, and stays so. */
    private static List<Message> owned(List<Message> messages, GenerationRequest first) {
        return messages.stream()
                .map(message -> message.getRole().equals("assistant") && message.getProvider() == null
                        ? Message.newBuilder(message)
                                .setProvider(first.getProvider())
                                .setModel(first.getModel())
                                .build()
                        : message)
                .toList();
    }

    private static void leaveOut(GenerationRequest.Builder request, String option) {
        switch (option) {
            case "stop" -> request.setStop(List.of());
            case "temperature" -> request.setTemperature(null);
            case "thinking_budget" -> request.setThinkingBudget(null);
            case "tool_choice" -> request.setToolChoice(null);
            case "top_p" -> request.setTopP(null);
            default -> {}
        }
    }
}
