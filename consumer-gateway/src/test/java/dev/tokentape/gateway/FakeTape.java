package dev.tokentape.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokentape.gateway.tape.Frame;
import dev.tokentape.gateway.tape.InvalidCursorException;
import dev.tokentape.gateway.tape.ReadRequest;
import dev.tokentape.gateway.tape.ReadRequest.Start;
import dev.tokentape.gateway.tape.Reader;
import dev.tokentape.gateway.tape.Tape;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.EventJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A tape in memory: one list of events a conversation, cursors {@code c<index>}, and counts of what readers did. */
public final class FakeTape implements Tape {

    private record Entry(@Nullable String responseId, boolean terminal, Frame frame) {}

    private final class Conversation {
        final List<Entry> entries = new ArrayList<>();
        final Map<String, ResponseAssembler> responses = new LinkedHashMap<>();
        final Set<FakeReader> readers = ConcurrentHashMap.newKeySet();
        int deletedAt;
    }

    private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();

    final AtomicLong pulls = new AtomicLong();
    final AtomicLong wakeUps = new AtomicLong();
    final List<ReadRequest> requests = new CopyOnWriteArrayList<>();
    volatile boolean ready = true;
    volatile java.util.function.Consumer<TokenEvent> onAppend = _ -> {};

    private final class FakeReader implements Reader {
        private final Conversation conversation;
        private final @Nullable String responseId;
        private final Runnable wakeUp;
        private final java.util.ArrayDeque<Frame> snapshot = new java.util.ArrayDeque<>();
        private int next;
        private boolean ended;

        FakeReader(Conversation conversation, @Nullable String responseId, int next, Runnable wakeUp) {
            this.conversation = conversation;
            this.responseId = responseId;
            this.next = next;
            this.wakeUp = wakeUp;
            for (int i = 0; i < next; i++) {
                notice(conversation.entries.get(i));
            }
        }

        private void notice(Entry entry) {
            ended |= responseId != null && responseId.equals(entry.responseId()) && entry.terminal();
        }

        @Override
        public @Nullable Frame next() {
            pulls.incrementAndGet();
            Frame told = snapshot.poll();
            if (told != null) {
                return told;
            }
            synchronized (conversation) {
                while (next < conversation.entries.size() && !ended) {
                    Entry entry = conversation.entries.get(next);
                    next++;
                    notice(entry);
                    if (responseId == null || entry.responseId() == null || responseId.equals(entry.responseId())) {
                        return entry.frame();
                    }
                }
                return null;
            }
        }

        @Override
        public boolean ended() {
            return ended;
        }

        @Override
        public boolean atHand() {
            return snapshot.isEmpty();
        }

        @Override
        public String cursor() {
            synchronized (conversation) {
                return "c" + next;
            }
        }

        @Override
        public void close() {
            conversation.readers.remove(this);
        }
    }

    private Conversation conversation(String id) {
        return conversations.computeIfAbsent(id, _ -> new Conversation());
    }

    /** Appends an event and wakes every reader of its conversation. */
    public String append(TokenEvent event) {
        return append(event, true);
    }

    public String append(TokenEvent event, boolean wake) {
        onAppend.accept(event);
        Conversation conversation = conversation(event.envelope().conversationId());
        String cursor;
        synchronized (conversation) {
            cursor = "c" + (conversation.entries.size() + 1);
            String responseId = event.envelope().responseId();
            conversation.entries.add(new Entry(
                    responseId, event.isTerminal(), new Frame(cursor, json(cursor, event), event.isTerminal())));
            if (event instanceof TokenEvent.ConversationDeleted) {
                conversation.deletedAt = conversation.entries.size();
                conversation.responses.clear();
                wake(event.envelope().conversationId());
                return cursor;
            }
            conversation
                    .responses
                    .computeIfAbsent(
                            responseId,
                            id -> new ResponseAssembler(event.envelope().conversationId(), id))
                    .accept(event);
        }
        if (wake) {
            wake(event.envelope().conversationId());
        }
        return cursor;
    }

    /** Appends a frame of no response, such as a gap. */
    public void appendRaw(String conversationId, byte[] json) {
        Conversation conversation = conversation(conversationId);
        synchronized (conversation) {
            String cursor = "c" + (conversation.entries.size() + 1);
            conversation.entries.add(new Entry(null, false, new Frame(cursor, json, false)));
        }
        wake(conversationId);
    }

    public void wake(String conversationId) {
        for (FakeReader reader : conversation(conversationId).readers) {
            wakeUps.incrementAndGet();
            reader.wakeUp.run();
        }
    }

    @Override
    public int readers(String conversationId) {
        return conversation(conversationId).readers.size();
    }

    public static byte[] json(String cursor, TokenEvent event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", cursor);
            EventJson.writeFields(json, event, event.envelope().receivedAt() + 1_000);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public Reader read(ReadRequest request, Runnable wakeUp) {
        requests.add(request);
        Conversation conversation = conversation(request.conversationId());
        synchronized (conversation) {
            int next = switch (request.start()) {
                case Start.Now _ -> conversation.entries.size();
                case Start.Beginning _ -> 0;
                case Start.Snapshot _ -> conversation.entries.size();
                case Start.After after -> index(after.cursor(), conversation.entries.size());
            };
            FakeReader reader = new FakeReader(conversation, request.responseId(), next, wakeUp);
            if (request.start() instanceof Start.Snapshot) {
                reader.snapshot.add(new Frame(Frame.NO_CURSOR, snapshotPart(request, "\"more\":true"), false));
                String cursor = reader.cursor();
                reader.snapshot.add(new Frame(cursor, snapshotPart(request, "\"id\":\"" + cursor + "\""), false));
            }
            conversation.readers.add(reader);
            return reader;
        }
    }

    private static byte[] snapshotPart(ReadRequest request, String member) {
        return ("{\"type\":\"snapshot\",\"conversation_id\":\"%s\",\"responses\":[],%s}"
                        .formatted(request.conversationId(), member))
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static int index(String cursor, int size) {
        if (cursor.matches("c\\d{1,9}") && Integer.parseInt(cursor.substring(1)) <= size) {
            return Integer.parseInt(cursor.substring(1));
        }
        throw new InvalidCursorException("this is no cursor");
    }

    @Override
    public Optional<Response> response(String conversationId, String responseId) {
        Conversation conversation = conversation(conversationId);
        synchronized (conversation) {
            return Optional.ofNullable(conversation.responses.get(responseId)).map(ResponseAssembler::toResponse);
        }
    }

    @Override
    public List<Response> open(String conversationId) {
        Conversation conversation = conversation(conversationId);
        synchronized (conversation) {
            return conversation.responses.values().stream()
                    .filter(response -> !response.ended())
                    .map(ResponseAssembler::toResponse)
                    .toList();
        }
    }

    @Override
    public boolean deletedSince(String conversationId, String cursor) {
        Conversation conversation = conversation(conversationId);
        synchronized (conversation) {
            return index(cursor, conversation.entries.size()) < conversation.deletedAt;
        }
    }

    @Override
    public String cursorOf(String conversationId) {
        Conversation conversation = conversation(conversationId);
        synchronized (conversation) {
            return "c" + conversation.entries.size();
        }
    }

    /** An answer's envelope. */
    public static Envelope envelope(String conversationId, String responseId, long sequence, int block) {
        return new Envelope(
                conversationId,
                responseId,
                1,
                "run",
                sequence,
                0,
                block,
                1_000_000,
                2_000_000 + sequence,
                5_000 * sequence,
                "openai",
                "gpt-4o-mini");
    }
}
