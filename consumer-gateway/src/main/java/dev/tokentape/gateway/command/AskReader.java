package dev.tokentape.gateway.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.gateway.http.PublicIds;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.LostPolicy;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Tool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the body of a request for an answer. Every problem is reported at once, each with its place. */
public final class AskReader {

    private static final int MAX_MESSAGES = 10_000;
    private static final int MAX_TOOLS = 512;
    private static final int MAX_STOPS = 64;
    private static final int MAX_NAME = 256;
    private static final int MAX_TOKENS = 100_000_000;
    private static final int ANY_LENGTH = Integer.MAX_VALUE;
    private static final Pattern PROVIDER = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /** The names that an ask may have. */
    public static final Shape SHAPE = Shape.of(
                    "prompt",
                    "join_history",
                    "provider",
                    "model",
                    "system",
                    "max_tokens",
                    "temperature",
                    "top_p",
                    "thinking_budget",
                    "stop",
                    "tool_choice",
                    "response_schema",
                    "extra",
                    "retry_of",
                    "on_attempt_lost",
                    "cancel_when_unwatched")
            .with("messages", MessageReader.SHAPE)
            .with("fallback", Shape.of("provider", "model", "leave_out"))
            .with("tools", Shape.of("name", "description", "parameters"));

    private static final Set<String> LEFT_OUT =
            Set.of("stop", "temperature", "thinking_budget", "tool_choice", "top_p");
    private static final Set<String> TOOL_CHOICES = Set.of("auto", "none", "required");

    private final String defaultProvider;
    private final Map<String, String> defaultModels;

    /** @param defaultModels the model for each provider that has one */
    public AskReader(String defaultProvider, Map<String, String> defaultModels) {
        this.defaultProvider = defaultProvider;
        this.defaultModels = Map.copyOf(defaultModels);
    }

    /**
     * What the body asks for; ids and times are left to be set.
     *
     * @throws ProblemException naming all that is wrong
     */
    public GenerationRequest.Builder read(ObjectNode body) {
        BodyFaults faults = new BodyFaults();
        BodyFields fields = new BodyFields(body, "", faults);
        GenerationRequest.Builder ask = GenerationRequest.newBuilder();
        turn(fields, ask, faults);
        target(fields, ask);
        fallback(fields, ask, faults);
        ask.setSystem(fields.text("system"));
        ask.setMaxTokens(fields.integer("max_tokens", 1, MAX_TOKENS));
        ask.setTemperature(fields.number("temperature", 0, 2));
        ask.setTopP(fields.number("top_p", 0, 1));
        ask.setThinkingBudget(fields.integer("thinking_budget", 0, MAX_TOKENS));
        stops(fields, ask, faults);
        tools(fields, ask, faults);
        ask.setResponseSchema(json(fields.object("response_schema")));
        ask.setExtra(json(fields.object("extra")));
        retryOf(fields, ask);
        lostPolicy(fields, ask);
        ask.setCancelWhenUnwatched(Objects.requireNonNullElse(fields.flag("cancel_when_unwatched"), false));
        fields.refuseOthers();
        faults.throwIfAny();
        return ask;
    }

    private static void turn(BodyFields fields, GenerationRequest.Builder ask, BodyFaults faults) {
        Boolean joinHistory = fields.flag("join_history");
        boolean prompted = fields.has("prompt");
        if (prompted == fields.has("messages")) {
            fields.fault(prompted ? "messages" : "prompt", "give either prompt (a string) or messages (an array)");
            ask.setMessages(List.of());
            return;
        }
        if (prompted) {
            ask.setMessages(List.of(MessageReader.ofPrompt(fields.requiredText("prompt", ANY_LENGTH))));
            ask.setJoinHistory(Objects.requireNonNullElse(joinHistory, true));
            return;
        }
        MessageReader reader = new MessageReader(faults);
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : fields.list("messages", MAX_MESSAGES)) {
            messages.add(reader.read(message, "/messages/" + messages.size()));
        }
        if (fields.any("messages") instanceof JsonNode given && given.isArray() && given.isEmpty()) {
            fields.fault("messages", "is empty");
        }
        ask.setMessages(messages);
        ask.setJoinHistory(Objects.requireNonNullElse(joinHistory, false));
    }

    private void target(BodyFields fields, GenerationRequest.Builder ask) {
        String named = fields.text("provider");
        String provider = named == null ? defaultProvider : named;
        String model = fields.text("model", MAX_NAME);
        if (!PROVIDER.matcher(provider).matches()) {
            fields.fault("provider", "expected the name of a configured provider, such as openai");
        }
        if (model == null && !defaultModels.containsKey(provider)) {
            noDefaultModel(fields, named, provider);
        }
        if (model != null && model.isBlank()) {
            fields.fault("model", "is empty");
        }
        ask.setProvider(provider);
        ask.setModel(model == null ? defaultModels.getOrDefault(provider, "") : model);
    }

    /** Where to go when the provider fails before its first output. */
    private void fallback(BodyFields fields, GenerationRequest.Builder ask, BodyFaults faults) {
        ObjectNode object = fields.object("fallback");
        if (object == null) {
            return;
        }
        BodyFields fallback = new BodyFields(object, fields.pointerTo("fallback"), faults);
        String provider = fallback.requiredText("provider", MAX_NAME);
        String model = fallback.text("model", MAX_NAME);
        if (!provider.isEmpty() && !PROVIDER.matcher(provider).matches()) {
            fallback.fault("provider", "expected the name of a configured provider, such as openai");
        }
        if (model == null) {
            model = defaultModels.get(provider);
        }
        if (model == null || model.isBlank()) {
            fallback.fault("model", "is missing; that provider has no default model here");
        } else if (provider.equals(ask.getProvider()) && model.equals(ask.getModel())) {
            fallback.fault("model", "is what is asked first; fall back to another model or provider");
        }
        leaveOut(fallback, ask, faults);
        fallback.refuseOthers();
        ask.setFallbackProvider(provider);
        ask.setFallbackModel(model);
    }

    /** Options that the fallback is asked without, since it may lack them. */
    private static void leaveOut(BodyFields fallback, GenerationRequest.Builder ask, BodyFaults faults) {
        List<String> options = new ArrayList<>();
        for (JsonNode option : fallback.list("leave_out", LEFT_OUT.size())) {
            if (!LEFT_OUT.contains(option.asText())) {
                faults.add(
                        fallback.pointerTo("leave_out") + "/" + options.size(),
                        "is none of " + String.join(", ", new TreeSet<>(LEFT_OUT)));
            }
            options.add(option.asText());
        }
        ask.setFallbackLeaveOut(options);
    }

    private void noDefaultModel(BodyFields fields, @Nullable String named, String provider) {
        if (named == null) {
            fields.fault("model", "is missing; there is no default model for the default provider " + provider);
            return;
        }
        fields.fault(
                "provider",
                "is none that has a default model here; those are %s. Name one of them, or give the model too"
                        .formatted(String.join(", ", new TreeSet<>(defaultModels.keySet()))));
    }

    private static void stops(BodyFields fields, GenerationRequest.Builder ask, BodyFaults faults) {
        List<String> stops = new ArrayList<>();
        for (JsonNode stop : fields.list("stop", MAX_STOPS)) {
            if (!stop.isTextual() || stop.textValue().isEmpty()) {
                faults.add("/stop/" + stops.size(), "expected a string that is not empty");
            }
            stops.add(stop.asText());
        }
        ask.setStop(stops);
    }

    private static void tools(BodyFields fields, GenerationRequest.Builder ask, BodyFaults faults) {
        List<Tool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode node : fields.list("tools", MAX_TOOLS)) {
            String pointer = "/tools/" + tools.size();
            if (!(node instanceof ObjectNode object)) {
                faults.add(pointer, "expected an object, found " + BodyFields.kind(node));
                continue;
            }
            BodyFields tool = new BodyFields(object, pointer, faults);
            String name = tool.requiredText("name", MAX_NAME);
            ObjectNode parameters = tool.object("parameters");
            tools.add(Tool.newBuilder()
                    .setName(name)
                    .setDescription(tool.text("description"))
                    .setParameters(parameters == null ? "{\"type\":\"object\"}" : parameters.toString())
                    .build());
            if (!name.isEmpty() && !names.add(name)) {
                tool.fault("name", "'%s' is the name of an earlier tool too".formatted(name));
            }
            tool.refuseOthers();
        }
        ask.setTools(tools);
        String choice = fields.text("tool_choice");
        if (choice != null && !TOOL_CHOICES.contains(choice) && !names.contains(choice)) {
            fields.fault("tool_choice", "is neither auto, none, required nor the name of one of the tools");
        }
        ask.setToolChoice(choice);
    }

    private static void retryOf(BodyFields fields, GenerationRequest.Builder ask) {
        String retryOf = fields.text("retry_of");
        if (retryOf != null) {
            retryOf = retryOf.toLowerCase(Locale.ROOT);
            if (!PublicIds.RESPONSE.matcher(retryOf).matches()) {
                fields.fault("retry_of", "expected a response id, a UUID");
            }
        }
        ask.setRetryOf(retryOf);
    }

    private static void lostPolicy(BodyFields fields, GenerationRequest.Builder ask) {
        String policy = fields.text("on_attempt_lost");
        switch (policy) {
            case null -> {}
            case "error" -> ask.setOnAttemptLost(LostPolicy.ERROR);
            case "restart" -> ask.setOnAttemptLost(LostPolicy.RESTART);
            default -> fields.fault("on_attempt_lost", "is neither error nor restart");
        }
    }

    private static @Nullable String json(@Nullable ObjectNode object) {
        return object == null ? null : object.toString();
    }
}
