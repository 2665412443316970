package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.avro.Verdict;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every place of a request and of an answer where a text may stand on its way to the readers. Each is a journal of its
 * own, under its own conversation, that ends with the end of its last answer.
 */
public final class PlantedPlaces {

    /** @param reaches whether the text reaches readers where no rules forbid it */
    public record Place(String name, boolean reaches, List<JournalEntry> journal) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final String secret;
    private final String half;
    private final String otherHalf;
    private final @Nullable String version;
    private final List<Place> places = new ArrayList<>();

    private PlantedPlaces(String secret, @Nullable String version) {
        this.secret = secret;
        this.half = secret.substring(0, secret.length() / 2);
        this.otherHalf = secret.substring(secret.length() / 2);
        this.version = version;
    }

    /** @param version of the rules that the requests are stamped with */
    public static List<Place> of(String secret, @Nullable String version) {
        PlantedPlaces all = new PlantedPlaces(secret, version);
        all.inRequests();
        all.inToolResults();
        all.inCancels();
        all.inEvents();
        all.inDeltas();
        all.inHalves();
        return all.places;
    }

    private String quoted() {
        return "{\"k\":\"so " + secret + "\"}";
    }

    private String escaped() {
        StringBuilder escaped = new StringBuilder("{\"k\":\"");
        secret.chars().forEach(unit -> escaped.append("\\u%04x".formatted(unit)));
        return escaped.append("\"}").toString();
    }

    private void inRequests() {
        request("system", (r, s) -> r.setSystem("Be like " + s));
        request("stop", (r, s) -> r.setStop(List.of(s)));
        request("tool name", (r, s) -> r.setTools(List.of(tool(s, "d", "{}"))));
        request("tool description", (r, s) -> r.setTools(List.of(tool("t", "finds " + s, "{}"))));
        request("tool parameters", (r, s) -> r.setTools(List.of(tool("t", "d", quoted()))));
        request("tool parameters, escaped", false, (r, s) -> r.setTools(List.of(tool("t", "d", escaped()))));
        request("tool choice", (r, s) -> r.setToolChoice(s));
        request("response schema", (r, s) -> r.setResponseSchema(quoted()));
        request("extra", (r, s) -> r.setExtra(quoted()));
        request("extra that is no JSON", (r, s) -> r.setExtra("so " + s));
        request("provider", (r, s) -> r.setProvider(s));
        request("model", (r, s) -> r.setModel(s));
        request("fallback provider", (r, s) -> r.setFallbackProvider(s));
        request("fallback model", (r, s) -> r.setFallbackModel(s));
        request("idempotency key", (r, s) -> r.setIdempotencyKey(s));
        request("retry of", (r, s) -> r.setRetryOf(s));
        request("prompt", (r, s) -> r.setMessages(List.of(Entries.message("user", "who is " + s + "?"))));
        request(
                "system message",
                (r, s) ->
                        r.setMessages(List.of(Entries.message("system", "be " + s), Entries.message("user", "go on"))));
        request("role", (r, s) -> r.setMessages(List.of(Entries.message(s, "go on"))));
        part("text", Part.newBuilder().setType(PartType.TEXT).setText(secret));
        part("refusal", Part.newBuilder().setType(PartType.REFUSAL).setText(secret));
        part("other text", Part.newBuilder().setType(PartType.OTHER).setText(secret));
        part("media type", Part.newBuilder().setType(PartType.IMAGE).setMediaType("image/" + secret));
        part("url", Part.newBuilder().setType(PartType.IMAGE).setUrl("https://example.org/" + secret));
        part(
                "tool call id",
                Part.newBuilder().setType(PartType.TOOL_RESULT).setText("").setToolCallId(secret));
        part("tool name", Part.newBuilder().setType(PartType.TOOL_CALL).setToolName(secret));
        part("arguments", Part.newBuilder().setType(PartType.TOOL_CALL).setArguments(quoted()));
        part(
                "provider data",
                Part.newBuilder().setType(PartType.TEXT).setText("").setProviderData(quoted()));
    }

    private static Tool tool(String name, String description, String parameters) {
        return Tool.newBuilder()
                .setName(name)
                .setDescription(description)
                .setParameters(parameters)
                .build();
    }

    private void part(String name, Part.Builder part) {
        request(
                "prompt part, " + name,
                (r, s) -> r.setMessages(List.of(Message.newBuilder()
                        .setRole("user")
                        .setParts(List.of(part.build()))
                        .build())));
    }

    private void request(String name, BiConsumer<GenerationRequest.Builder, String> plant) {
        request(name, true, plant);
    }

    /** Answered by a tool call, so that the request is kept with the answer. */
    private void request(String name, boolean reaches, BiConsumer<GenerationRequest.Builder, String> plant) {
        Answer answer = new Answer();
        List<JournalEntry> journal = new ArrayList<>();
        journal.add(answer.ids.request("go on", request -> {
            request.setRuleSetVersion(version);
            plant.accept(request, secret);
        }));
        journal.addAll(answer.calling());
        places.add(new Place("request: " + name, reaches, journal));
    }

    private void inToolResults() {
        Answer asked = new Answer();
        Entries goesOn = new Entries(asked.ids.key().conversationId(), "on-" + places.size());
        List<JournalEntry> journal = new ArrayList<>();
        journal.add(asked.ids.request("go on", request -> request.setRuleSetVersion(version)));
        journal.addAll(asked.calling());
        JournalEntry results = goesOn.results(asked.ids, "call=so " + secret);
        journal.add(
                new JournalEntry.Requested(GenerationRequest.newBuilder(((JournalEntry.Requested) results).request())
                        .setRuleSetVersion(version)
                        .build()));
        journal.add(goesOn.cancel("client_request"));
        places.add(new Place("tool result", true, journal));
        Answer nothing = new Answer();
        JournalEntry stray = nothing.ids.results(new Entries("c", "unknown"), "call=so " + secret);
        places.add(new Place(
                "tool result for nothing",
                true,
                List.of(new JournalEntry.Requested(
                        GenerationRequest.newBuilder(((JournalEntry.Requested) stray).request())
                                .setRuleSetVersion(version)
                                .build()))));
    }

    private void inCancels() {
        Answer queued = new Answer();
        places.add(new Place(
                "cancel of a queued answer", true, List.of(queued.asked(), queued.ids.cancel("as " + secret))));
        Answer early = new Answer();
        places.add(new Place("early cancel", true, List.of(early.ids.cancel("as " + secret), early.asked())));
        Answer running = new Answer();
        places.add(new Place(
                "cancel of a running answer",
                true,
                List.of(
                        running.asked(),
                        running.run.taken(),
                        running.run.start(),
                        running.ids.cancel("as " + secret),
                        running.reported((at, s) -> new TokenEvent.Cancelled(at, "x", "yes", null)))));
    }

    private void inEvents() {
        event("start, role", (at, s) -> new TokenEvent.MessageStart(at, s, null, null, null, null), false);
        event("start, upstream id", (at, s) -> new TokenEvent.MessageStart(at, "assistant", s, null, null, null), true);
        event("start, model", (at, s) -> new TokenEvent.MessageStart(at, "assistant", null, s, null, null), true);
        event("start, data", (at, s) -> new TokenEvent.MessageStart(at, "assistant", null, null, null, quoted()), true);
        for (BlockType type : BlockType.values()) {
            event(type + " start, call id", (at, s) -> start(at, type, s, null, null, null, null), true);
            event(type + " start, name", (at, s) -> start(at, type, null, s, null, null, null), true);
            event(type + " start, media type", (at, s) -> start(at, type, null, null, s, null, null), true);
            if (type != BlockType.REDACTED_THINKING) {
                event(type + " start, text", (at, s) -> start(at, type, null, null, null, "so " + s, null), true);
                event(type + " start, data", (at, s) -> start(at, type, null, null, null, null, quoted()), true);
                event(type + " start, no JSON", (at, s) -> start(at, type, null, null, null, null, s), true);
            }
        }
        event("delta, raw stop", (at, s) -> new TokenEvent.MessageDelta(at, null, s, null, null, null), true);
        event("delta, stop", (at, s) -> new TokenEvent.MessageDelta(at, null, null, s, null, null), true);
        event("delta, data", (at, s) -> new TokenEvent.MessageDelta(at, null, null, null, null, quoted()), true);
        event("delta, model", (at, s) -> new TokenEvent.MessageDelta(at, null, null, null, null, null, s), true);
        event("a run's own verdict", (at, s) -> new TokenEvent.Moderated(at, verdict(s)), false);
        event("a verdict that nobody waits for", (at, s) -> new TokenEvent.VerdictReached(at, verdict(s)), false);
        event("a run's own prompt", (at, s) -> new TokenEvent.UserMessage(at, "user", s), false);
        last("stop, raw stop", (at, s) -> new TokenEvent.MessageStop(at, StopReason.END_TURN, s, null, null, null));
        last("stop, stop", (at, s) -> new TokenEvent.MessageStop(at, StopReason.STOP_SEQUENCE, null, s, null, null));
        last("stop, data", (at, s) -> new TokenEvent.MessageStop(at, StopReason.END_TURN, null, null, null, quoted()));
        last("error, code", (at, s) -> new TokenEvent.Failed(at, error(s, "m"), null));
        last("error, message", (at, s) -> new TokenEvent.Failed(at, error("c", "upstream said " + s), null));
        last("cancelled, reason", (at, s) -> new TokenEvent.Cancelled(at, s, "yes", null));
    }

    private static TokenEvent start(
            Envelope at,
            BlockType type,
            @Nullable String callId,
            @Nullable String name,
            @Nullable String mediaType,
            @Nullable String text,
            @Nullable String data) {
        return new TokenEvent.BlockStart(at.withBlock(0, 0), type, callId, name, mediaType, text, data);
    }

    private static Verdict verdict(String text) {
        return Verdict.newBuilder()
                .setAction("pass")
                .setRuleId(text)
                .setCategory(text)
                .setReason(text)
                .build();
    }

    private static ErrorInfo error(String code, String message) {
        return ErrorInfo.newBuilder()
                .setPhase(ErrorPhase.MID_STREAM)
                .setCode(code)
                .setMessage(message)
                .setRetryable(false)
                .build();
    }

    private void inDeltas() {
        for (BlockType block : BlockType.values()) {
            for (DeltaType type : DeltaType.values()) {
                if (type == DeltaType.SIGNATURE || type == DeltaType.DATA) {
                    continue;
                }
                delta(block, type, "so " + secret + " it is", null);
                delta(block, type, quoted(), null);
                delta(block, type, "x", quoted());
            }
            boolean media = block == BlockType.IMAGE || block == BlockType.AUDIO;
            String bytes = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
            if (!media) {
                delta(block, DeltaType.DATA, bytes, null);
            }
            delta(block, DeltaType.CITATION, escaped(), null);
        }
        delta(BlockType.TOOL_USE, DeltaType.INPUT_JSON, escaped(), null);
    }

    private void delta(BlockType block, DeltaType type, String text, @Nullable String data) {
        Answer answer = new Answer();
        List<JournalEntry> journal = new ArrayList<>(
                List.of(answer.asked(), answer.run.taken(), answer.run.start(), answer.run.blockStart(0, block)));
        journal.add(answer.reported((at, s) -> new TokenEvent.BlockDelta(at.withBlock(0, 0), type, text, data)));
        journal.add(answer.run.blockStop(0));
        journal.add(answer.run.stop());
        places.add(new Place("%s of a %s: %s %s".formatted(type, block, text, data), true, journal));
    }

    /** Halves that readers would put together again. */
    private void inHalves() {
        for (DeltaType type : List.of(DeltaType.TEXT, DeltaType.REFUSAL, DeltaType.OTHER, DeltaType.THINKING)) {
            Answer answer = new Answer();
            places.add(new Place(
                    "halves in " + type,
                    false,
                    List.of(
                            answer.asked(),
                            answer.run.taken(),
                            answer.run.start(),
                            answer.run.blockStart(0, BlockType.TEXT),
                            answer.run.delta(0, type, "so " + half),
                            answer.run.delta(0, type, otherHalf),
                            answer.run.blockStop(0),
                            answer.run.stop())));
        }
        Answer answer = new Answer();
        places.add(new Place(
                "halves in a start and a delta",
                false,
                List.of(
                        answer.asked(),
                        answer.run.taken(),
                        answer.run.start(),
                        answer.reported((at, s) -> start(at, BlockType.TEXT, null, null, null, "so " + half, null)),
                        answer.run.text(otherHalf),
                        answer.run.blockStop(0),
                        answer.run.stop())));
    }

    private void event(String name, BiFunction<Envelope, String, TokenEvent> planted, boolean reaches) {
        Answer answer = new Answer();
        List<JournalEntry> journal = new ArrayList<>(List.of(answer.asked(), answer.run.taken()));
        if (!name.startsWith("start")) {
            journal.add(answer.run.start());
        }
        journal.add(answer.reported(planted));
        journal.add(answer.run.stop());
        places.add(new Place(name, reaches, journal));
    }

    private void last(String name, BiFunction<Envelope, String, TokenEvent> planted) {
        Answer answer = new Answer();
        places.add(new Place(
                name, true, List.of(answer.asked(), answer.run.taken(), answer.run.start(), answer.reported(planted))));
    }

    /** An answer of its own conversation. */
    private final class Answer {
        private final Entries ids = new Entries("c-" + places.size(), "r-" + places.size());
        private final Entries.Run run = ids.run(1, "run-" + places.size());

        private JournalEntry asked() {
            return ids.request("go on", request -> request.setRuleSetVersion(version));
        }

        /** The run's next event, whatever it is. */
        private JournalEntry reported(BiFunction<Envelope, String, TokenEvent> planted) {
            JournalEntry.Reported next = (JournalEntry.Reported) run.blockStop(0);
            Envelope at = next.event().envelope().withBlock(0, Envelope.NONE);
            return new JournalEntry.Reported(planted.apply(at, secret));
        }

        private List<JournalEntry> calling() {
            return List.of(
                    run.taken(),
                    run.start(),
                    reported((at, s) -> start(at, BlockType.TOOL_USE, "call", "tool", null, null, null)),
                    run.delta(0, DeltaType.INPUT_JSON, "{}"),
                    run.blockStop(0),
                    reported((at, s) -> new TokenEvent.MessageStop(at, StopReason.TOOL_USE, null, null, null, null)));
        }
    }
}
