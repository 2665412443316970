package dev.tokentape.gateway;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The page on a fake tape, to look at: {@code PageDemo [port]}. Answers think, call a tool, and speak; "fail" fails.
 */
final class PageDemo {

    private static final List<String> WORDS = List.of(
            "The tape ",
            "keeps ",
            "every ",
            "word, ",
            "so ",
            "that ",
            "a ",
            "reader ",
            "who ",
            "drops ",
            "off ",
            "can ",
            "go ",
            "on ",
            "where ",
            "it ",
            "stood. ");

    private final FakeTape tape;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private PageDemo(FakeTape tape) {
        this.tape = tape;
    }

    public static void main(String[] arguments) throws InterruptedException {
        TestGateway gateway = new TestGateway("gateway.port", arguments.length > 0 ? arguments[0] : "8080");
        PageDemo demo = new PageDemo(gateway.tape);
        gateway.commands.onAsk = demo::answer;
        System.out.println(gateway.gateway.url());
        Thread.currentThread().join();
    }

    private void answer(GenerationRequest request) {
        Run run = new Run(request);
        String prompt = request.getMessages().getFirst().getParts().getFirst().getText();
        tape.append(new TokenEvent.UserMessage(run.envelope(Envelope.NONE), "user", String.valueOf(prompt)));
        clock.schedule(() -> run.begin(String.valueOf(prompt).contains("fail")), 300, TimeUnit.MILLISECONDS);
    }

    private final class Run {
        private final GenerationRequest request;
        private final long started = System.nanoTime();
        private final long startedMicros = System.currentTimeMillis() * 1_000;
        private long sequence;
        private int said;

        Run(GenerationRequest request) {
            this.request = request;
        }

        Envelope envelope(int block) {
            return new Envelope(
                    request.getConversationId(),
                    request.getResponseId(),
                    1,
                    "run",
                    sequence++,
                    0,
                    block,
                    startedMicros,
                    System.currentTimeMillis() * 1_000,
                    System.nanoTime() - started,
                    request.getProvider(),
                    request.getModel());
        }

        void begin(boolean fails) {
            tape.append(new TokenEvent.MessageStart(envelope(-1), "assistant", "up", request.getModel(), null, null));
            block(0, BlockType.THINKING, null, DeltaType.THINKING, "They want to know about tapes. Be brief.");
            block(1, BlockType.TOOL_USE, "look_up", DeltaType.INPUT_JSON, "{\"subject\": \"tape\"}");
            if (fails) {
                ErrorInfo error = new ErrorInfo(
                        ErrorPhase.MID_STREAM,
                        "overloaded_error",
                        "The provider is overloaded; ask again later.",
                        529,
                        true);
                tape.append(new TokenEvent.Failed(envelope(-1), error, null));
                return;
            }
            tape.append(new TokenEvent.BlockStart(envelope(2), BlockType.TEXT, null, null, null, null, null));
            say();
        }

        private void block(
                int index,
                BlockType type,
                @org.jspecify.annotations.Nullable String tool,
                DeltaType delta,
                String text) {
            tape.append(new TokenEvent.BlockStart(envelope(index), type, null, tool, null, null, null));
            tape.append(new TokenEvent.BlockDelta(envelope(index), delta, text, null));
            tape.append(new TokenEvent.BlockStop(envelope(index)));
        }

        private void say() {
            if (said == 5 * WORDS.size()) {
                tape.append(new TokenEvent.BlockStop(envelope(2)));
                tape.append(new TokenEvent.MessageStop(
                        envelope(-1),
                        StopReason.END_TURN,
                        "stop",
                        null,
                        new Usage(9L, 85L, null, null, null, true),
                        null));
                return;
            }
            tape.append(new TokenEvent.BlockDelta(envelope(2), DeltaType.TEXT, WORDS.get(said++ % WORDS.size()), null));
            clock.schedule(this::say, 60, TimeUnit.MILLISECONDS);
        }
    }
}
