package dev.tokentape.producer.provider;

import dev.tokentape.producer.provider.StrictProvider.Voice;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.simulator.strict.Seal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Conversations drawn by seed, another provider at every turn: text, white space, thinking, sealed and masked thoughts,
 * pictures, calls in parallel and of several kinds, ids used again, results that failed, say nothing or never came,
 * turns that were cancelled. A pure function of the seed.
 */
final class Talks {

    private static final List<String> TEXTS = List.of("Hi.", "What now?\n", " Go on ", "Grüße 👋", "{\"a\":1}", "4");
    private static final List<String> BLANKS = List.of("", " ", "\n\n", "\t", "\u00a0");
    private static final List<String> TOOLS = List.of(
            "weather", "get_time", "run-it_2", "fs.read", "7zip", "größe", "mcp:files/read", "long_".repeat(30));
    private static final List<String> PICTURES = List.of("image/png", "image/jpeg", "image/jpg", "image/webp");
    private static final String DATA = "iVBORw0KGgo=";

    /**
     * One turn of a conversation: what is asked of whom, and what went before.
     *
     * @param bold whether it asks for what some refuse: that an answer goes on from given words, or that a tool is used
     */
    record Step(StrictProvider asked, GenerationJob job, boolean bold) {

        Step(StrictProvider asked, GenerationJob job) {
            this(asked, job, false);
        }
    }

    private final SplittableRandom random;
    private final List<Message> history = new ArrayList<>();
    private int numbers;

    private Talks(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The steps of one conversation; after the last, the same question to everyone. */
    static List<Step> of(long seed) {
        return new Talks(seed).steps();
    }

    private List<Step> steps() {
        var steps = new ArrayList<Step>();
        int turns = 1 + random.nextInt(5);
        for (int turn = 0; turn < turns; turn++) {
            StrictProvider provider = any(StrictProvider.ALL);
            turn(steps, provider, turn == turns - 1);
        }
        return steps;
    }

    private void turn(List<Step> steps, StrictProvider provider, boolean last) {
        String model = any(provider.models());
        List<Message> question = question();
        var options = options(provider, model);
        steps.add(new Step(provider, job(provider.name(), model, question, options)));
        if (last) {
            for (StrictProvider other : StrictProvider.ALL) {
                String its = any(other.models());
                Options others = options(other, its);
                steps.add(new Step(other, job(other.name(), its, question, others)));
                steps.add(new Step(other, job(other.name(), its, question, others.forced(any(TOOLS))), true));
                steps.add(new Step(other, job(other.name(), its, begun(question), others), true));
            }
        }
        history.addAll(question);
        for (int round = 0; round < 3; round++) {
            Message answer = answer(provider, model);
            if (chance(10)) {
                // Cancelled before it said anything.
                return;
            }
            history.add(answer);
            List<Part> calls = answer.getParts().stream()
                    .filter(part -> part.getType() == PartType.TOOL_CALL)
                    .toList();
            if (calls.isEmpty() || chance(15)) {
                return;
            }
            List<Message> results = List.of(Jobs.message("tool", results(calls).toArray(Part[]::new)));
            if (results.getFirst().getParts().isEmpty()) {
                return;
            }
            steps.add(new Step(provider, job(provider.name(), model, results, options)));
            history.addAll(results);
        }
    }

    private List<Message> question() {
        var messages = new ArrayList<Message>();
        if (chance(15)) {
            messages.add(Jobs.message("system", Jobs.text(chance(20) ? any(BLANKS) : "Be brief.")));
        }
        var parts = new ArrayList<Part>();
        if (chance(15)) {
            parts.add(Jobs.text(any(BLANKS)));
        }
        if (chance(25)) {
            parts.add(picture());
        }
        parts.add(Jobs.text(any(TEXTS)));
        messages.add(Jobs.message("user", parts.toArray(Part[]::new)));
        return messages;
    }

    /** With words that the answer is to go on from. */
    private List<Message> begun(List<Message> question) {
        var messages = new ArrayList<>(question);
        messages.add(Jobs.message("assistant", Jobs.text(any(TEXTS))));
        return messages;
    }

    private Part picture() {
        String type = any(PICTURES);
        return chance(30)
                ? Part.newBuilder()
                        .setType(PartType.IMAGE)
                        .setUrl("data:" + type + ";base64," + DATA)
                        .build()
                : Jobs.image(type, DATA);
    }

    private Message answer(StrictProvider provider, String model) {
        var parts = new ArrayList<Part>();
        int blocks = 1 + random.nextInt(4);
        String reused = "functions.weather:0";
        for (int block = 0; block < blocks; block++) {
            int kind = random.nextInt(100);
            if (kind < 25) {
                thought(parts, provider, model);
            } else if (kind < 55) {
                parts.add(said(provider, chance(20) ? any(BLANKS) : any(TEXTS)));
            } else if (kind < 60) {
                parts.add(Part.newBuilder()
                        .setType(PartType.REFUSAL)
                        .setText("I must not.")
                        .build());
            } else if (kind < 64) {
                parts.add(Part.newBuilder(Jobs.image("image/png", DATA))
                        .setSignature(provider.voice() == Voice.GEMINI ? Seal.GEMINI.token("picture") : null)
                        .build());
            } else {
                int calls = 1 + random.nextInt(3);
                for (int call = 0; call < calls; call++) {
                    parts.add(call(provider, call == 0, reused.replace("0", Integer.toString(call))));
                }
            }
        }
        return Message.newBuilder()
                .setRole("assistant")
                .setParts(parts)
                .setProvider(provider.name())
                .setModel(model)
                .build();
    }

    /** Thinking as the provider seals it; now and then without its seal, as after a mask, or with that of somebody. */
    private void thought(List<Part> parts, StrictProvider provider, String model) {
        String text = any(TEXTS);
        Part.Builder thought = Part.newBuilder()
                .setType(PartType.THINKING)
                .setText(text)
                .setProviderData("{\"sealed_by\":\"%s\"}".formatted(provider.name()));
        switch (provider.voice()) {
            case CLAUDE -> {
                boolean sealed = model.contains("claude");
                if (sealed && chance(20)) {
                    thought.setType(PartType.REDACTED_THINKING).setText(Seal.ANTHROPIC.token(text));
                } else if (sealed && !chance(10)) {
                    thought.setSignature(Seal.ANTHROPIC.signature(text));
                }
            }
            case RESPONSES ->
                thought.setText(chance(50) ? text : "")
                        .setSignature(Seal.OPENAI.token(text))
                        .setProviderData("{\"type\":\"reasoning\",\"id\":\"rs_%d\",\"sealed_by\":\"%s\"}"
                                .formatted(++numbers, provider.name()));
            case GATEWAY ->
                thought.setSignature(
                        chance(50) ? Seal.ANTHROPIC.signature(text) : chance(50) ? "gAAAAABof" + text : null);
            case GEMINI, DEEPSEEK, MISTRAL, OLLAMA, PLAIN -> {}
        }
        parts.add(thought.build());
    }

    private Part said(StrictProvider provider, String text) {
        Part.Builder said = Part.newBuilder().setType(PartType.TEXT).setText(text);
        if (provider.voice() == Voice.GEMINI && chance(30)) {
            said.setSignature(Seal.GEMINI.token(text));
        }
        if (provider.voice() == Voice.RESPONSES && chance(30)) {
            said.setProviderData("{\"id\":\"msg_%d\",\"phase\":\"commentary\"}".formatted(++numbers));
        }
        return said.build();
    }

    private Part call(StrictProvider provider, boolean first, String reused) {
        numbers++;
        String id = switch (provider.voice()) {
            case CLAUDE -> (provider.name().equals("bedrock") ? "tooluse_" : "toolu_") + numbers;
            case RESPONSES -> "call_" + "x".repeat(random.nextInt(80)) + numbers;
            case GEMINI, OLLAMA -> "tokentape-r-1-1-0-" + numbers;
            case MISTRAL -> "abcdef%03d".formatted(numbers);
            case DEEPSEEK -> "call_00_" + "y".repeat(random.nextInt(40)) + numbers;
            case GATEWAY -> reused;
            case PLAIN -> "call_" + numbers;
        };
        Part.Builder call = Part.newBuilder(Jobs.call(id, any(TOOLS), chance(80) ? "{\"a\":1}" : "{}"));
        if (chance(5)) {
            call.setArguments("{\"a\":");
        } else if (chance(5)) {
            call.setArguments(null);
        }
        if (provider.voice() == Voice.GEMINI && first) {
            call.setSignature(Seal.GEMINI.token(id));
        }
        if (provider.voice() == Voice.RESPONSES) {
            special(call);
        }
        return call.build();
    }

    private void special(Part.Builder call) {
        if (chance(15)) {
            call.setArguments("x = 1")
                    .setProviderData("{\"type\":\"custom_tool_call\",\"id\":\"ctc_%d\"}".formatted(numbers));
        } else if (chance(15)) {
            call.setToolName("apply_patch")
                    .setArguments("{\"operation\":{\"type\":\"delete_file\",\"path\":\"a.txt\"}}")
                    .setProviderData("{\"type\":\"apply_patch_call\",\"id\":\"apc_%d\"}".formatted(numbers));
        }
    }

    /** Some of them, in any order; some failed, some without a word. */
    private List<Part> results(List<Part> calls) {
        var results = new ArrayList<Part>();
        for (Part call : calls) {
            if (!chance(10)) {
                boolean failed = chance(20);
                results.add(
                        random.nextInt(results.size() + 1),
                        Part.newBuilder(Jobs.result(
                                        call.getToolCallId(),
                                        chance(25) ? any(BLANKS) : chance(50) ? "4" : "{\"t\":4}"))
                                .setToolName(chance(50) ? call.getToolName() : null)
                                .setIsError(failed ? true : null)
                                .build());
            }
        }
        return results;
    }

    /** What a request asks for beside its messages. */
    private record Options(
            boolean tools,
            @Nullable String choice,
            @Nullable Integer budget,
            @Nullable String system) {

        Options forced(String tool) {
            return new Options(true, tool, budget, system);
        }
    }

    private Options options(StrictProvider provider, String model) {
        boolean tools = chance(50);
        boolean thinks = model.contains("claude") && !model.contains("3-5") && chance(50);
        boolean budget = thinks
                && (provider.name().equals("anthropic") || provider.name().equals("bedrock"));
        return new Options(
                tools,
                tools && chance(30) ? "auto" : null,
                budget ? Integer.valueOf(1024) : null,
                chance(30) ? "You are kind." : null);
    }

    private GenerationJob job(String provider, String model, List<Message> messages, Options options) {
        return Jobs.of(
                List.copyOf(history),
                messages,
                (GenerationRequest.Builder request) -> request.setProvider(provider)
                        .setModel(model)
                        .setSystem(options.system)
                        .setThinkingBudget(options.budget)
                        .setToolChoice(options.choice)
                        .setTools(
                                options.tools
                                        ? TOOLS.stream()
                                                .map(name -> Tool.newBuilder()
                                                        .setName(name)
                                                        .setParameters("{\"type\":\"object\"}")
                                                        .build())
                                                .toList()
                                        : List.of()));
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
