package dev.tokentape.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.cli.client.Accepted;
import dev.tokentape.cli.client.EventFrame;
import dev.tokentape.cli.client.GatewayProblem;
import dev.tokentape.cli.client.Question;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.console.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * One answer, read by two subscribers, of which one is cut off half-way and resumes; then a second answer at full
 * speed, for the figures.
 */
public final class Demo {

    private static final List<String> NAMES = List.of("WebSocket", "SSE");
    private static final String PROMPT = "How can an answer survive a broken connection?";
    private static final int TOKENS = 160;
    private static final int CUT_AFTER = 50;
    private static final int CUT_FOR = 40;
    private static final String SHOWN_MODEL = "sim?ttft=300&tps=40&tokens=" + TOKENS;
    private static final String FAST_MODEL = "sim?ttft=50&tps=500&tokens=1500";
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final TapeClient client;
    private final String conversationId;
    private final String provider;
    private final LiveView view;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

    /**
     * A demonstration in a conversation.
     *
     * @param provider name of a provider that is a simulator
     */
    public Demo(TapeClient client, String conversationId, String provider, LiveView view) {
        this.client = client;
        this.conversationId = conversationId;
        this.provider = provider;
        this.view = view;
    }

    /** The view that suits a terminal, or what else there is. */
    public static LiveView view(Terminal terminal) {
        return terminal.interactive()
                ? new ColumnView(terminal.canvas(), NAMES, terminal.columns())
                : new LineView(terminal.out(), NAMES, terminal.columns());
    }

    public String prompt() {
        return PROMPT;
    }

    /**
     * Holds the demonstration.
     *
     * @throws DemoException if an answer does not come to its end
     * @throws GatewayProblem if the gateway refuses a question
     */
    public DemoOutcome run() throws IOException, InterruptedException {
        try (Subscriber first = new Subscriber(client.conversationSocket(conversationId), view, 0);
                Subscriber second = new Subscriber(client.conversationEvents(conversationId), view, 1)) {
            subscribers.addAll(List.of(first, second));
            first.connect("now", CONNECT);
            second.connect("now", CONNECT);
            long askedAt = EventFrame.nowMicros();
            String shown = ask(SHOWN_MODEL);
            int missed = cutAndResume(first, second, shown);
            first.reading().await(shown, Demo::ended, "the answer's end over WebSocket", ANSWER);
            second.reading().await(shown, Demo::ended, "the answer's end over SSE", ANSWER);
            view.finish();

            List<EventFrame> frames = first.reading().of(shown);
            Map<String, List<EventFrame>> readers = new LinkedHashMap<>();
            readers.put("the WebSocket subscriber", frames);
            readers.put("the SSE subscriber", second.reading().of(shown));
            List<String> problems = Check.problems(readers, kept(shown));

            return new DemoOutcome(
                    conversationId,
                    shown,
                    frames.size(),
                    missed,
                    problems,
                    DemoFigures.of(frames, askedAt),
                    fast(first, second),
                    frames.stream()
                            .filter(EventFrame::hasContent)
                            .mapToLong(EventFrame::readAt)
                            .findFirst()
                            .orElse(0));
        }
    }

    /** Ends it before its end: the subscribers leave, and {@link #run} fails. From any thread. */
    public void stop() {
        subscribers.forEach(Subscriber::close);
    }

    private String ask(String model) throws IOException {
        Accepted accepted = client.ask(
                new Question(conversationId, PROMPT, provider, model),
                UUID.randomUUID().toString());
        return accepted.responseId();
    }

    /** Returns how many events went by while the second subscriber was away. */
    private int cutAndResume(Subscriber first, Subscriber second, String response) throws InterruptedException {
        second.reading().await(response, content(CUT_AFTER).or(Demo::ended), "half of the answer over SSE", ANSWER);
        second.cut();
        int had = second.reading().of(response).size();
        view.notice(1, "cut off after " + had + " events");
        first.reading()
                .await(response, content(CUT_AFTER + CUT_FOR).or(Demo::ended), "more of it over WebSocket", ANSWER);
        int missed = first.reading().of(response).size() - had;
        view.notice(1, "resumes from its last event, " + missed + " behind");
        second.resume(CONNECT);
        return missed;
    }

    private DemoFigures fast(Subscriber first, Subscriber second) throws IOException, InterruptedException {
        first.hide();
        second.hide();
        long askedAt = EventFrame.nowMicros();
        String response = ask(FAST_MODEL);
        first.reading().await(response, Demo::ended, "the fast answer's end", ANSWER);
        return DemoFigures.of(first.reading().of(response), askedAt);
    }

    /** The state of an answer is kept before its end is published, so it is there now. */
    private String kept(String response) throws IOException {
        JsonNode state = client.responseState(conversationId, response);
        return state.path("text").asText();
    }

    private static boolean ended(List<EventFrame> frames) {
        return !frames.isEmpty() && frames.getLast().terminal();
    }

    private static Predicate<List<EventFrame>> content(int events) {
        return frames -> frames.stream().filter(EventFrame::hasContent).count() >= events;
    }
}
