package dev.tokentape.producer.provider.turns;

import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.Tool;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names of one job's tools, as its provider takes them. A lawful one stays as it is; any other, such as one that
 * another vendor took or a tool server gave, becomes one that all take, alike where the tool is defined, chosen and
 * called, and the same in every later request. What the model calls by it is told by the name that was given.
 */
public final class ToolNames {

    /** Whatever was given. */
    public static final Pattern ANY = Pattern.compile(".*", Pattern.DOTALL);

    /** What most vendors enforce. */
    public static final Pattern COMMON = atMost(64);

    private static final Pattern UNLAWFUL = Pattern.compile("[^a-zA-Z0-9_-]");
    private static final int DIGEST = 8;
    private static final int LONGEST = 64 - 1 - DIGEST;

    /** Tools that servers run, which know them by their own names. */
    private static final String SERVERS = "mcp_approval_request";

    private final Map<String, String> made = new HashMap<>();
    private final Map<String, String> given = new HashMap<>();

    private ToolNames() {}

    /** Letters, digits, dashes and underscores, so many at most. */
    public static Pattern atMost(int characters) {
        return Pattern.compile("[a-zA-Z0-9_-]{1,%d}".formatted(characters));
    }

    /** @param lawful what a name must match */
    public static ToolNames of(GenerationJob job, Pattern lawful) {
        ToolNames names = new ToolNames();
        if (lawful != ANY) {
            GenerationRequest request = job.getRequest();
            Stream<String> called = Stream.concat(job.getHistory().stream(), request.getMessages().stream())
                    .flatMap(message -> message.getParts().stream())
                    .filter(ToolNames::isCall)
                    .map(Part::getToolName);
            Stream.concat(request.getTools().stream().map(Tool::getName), called)
                    .filter(name -> !name.isEmpty() && !lawful.matcher(name).matches())
                    .forEach(names::add);
        }
        return names;
    }

    private void add(String name) {
        String word = UNLAWFUL.matcher(name).replaceAll("_");
        boolean begins = Character.isLetter(word.charAt(0)) || word.charAt(0) == '_';
        word = begins ? word : "_" + word;
        String lawful = word.substring(0, Math.min(word.length(), LONGEST)) + "_" + CallIds.letters(name, DIGEST);
        made.put(name, lawful);
        given.put(lawful, name);
    }

    /** The job by these names. */
    public GenerationJob lawful(GenerationJob job) {
        if (made.isEmpty()) {
            return job;
        }
        GenerationRequest request = job.getRequest();
        GenerationRequest.Builder renamed = GenerationRequest.newBuilder(request)
                .setMessages(messages(request.getMessages()))
                .setTools(request.getTools().stream()
                        .map(tool -> Tool.newBuilder(tool)
                                .setName(lawful(tool.getName()))
                                .build())
                        .toList());
        if (request.getToolChoice() != null) {
            renamed.setToolChoice(lawful(request.getToolChoice()));
        }
        return GenerationJob.newBuilder(job)
                .setRequest(renamed.build())
                .setHistory(messages(job.getHistory()))
                .build();
    }

    /** The event; the beginning of a call by the name that was given. */
    public TokenEvent told(TokenEvent event) {
        if (!(event instanceof TokenEvent.BlockStart start) || start.type() != BlockType.TOOL_USE) {
            return event;
        }
        String name = start.toolName() == null ? null : given.get(start.toolName());
        return name == null
                ? event
                : new TokenEvent.BlockStart(
                        start.envelope(),
                        start.type(),
                        start.toolCallId(),
                        name,
                        start.mediaType(),
                        start.text(),
                        start.providerData());
    }

    private List<Message> messages(List<Message> messages) {
        return messages.stream()
                .map(message -> message.getParts().stream().anyMatch(this::isRenamed)
                        ? Message.newBuilder(message)
                                .setParts(message.getParts().stream()
                                        .map(this::part)
                                        .toList())
                                .build()
                        : message)
                .toList();
    }

    private Part part(Part part) {
        return isRenamed(part)
                ? Part.newBuilder(part)
                        .setToolName(lawful(Objects.requireNonNull(part.getToolName())))
                        .build()
                : part;
    }

    private boolean isRenamed(Part part) {
        return isCall(part) && made.containsKey(part.getToolName());
    }

    /** Results have the names of their calls, once they are paired. */
    private static boolean isCall(Part part) {
        @Nullable String name = part.getToolName();
        return part.getType() == PartType.TOOL_CALL
                && name != null
                && !name.isBlank()
                && !SERVERS.equals(Calls.kind(part));
    }

    private String lawful(String name) {
        return made.getOrDefault(name, name);
    }
}
