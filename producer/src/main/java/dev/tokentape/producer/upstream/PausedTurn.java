package dev.tokentape.producer.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.api.Json;
import dev.tokentape.producer.provider.api.UsageSum;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorInfo;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.avro.Usage;
import dev.tokentape.schemas.event.Envelope;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a provider that pauses long turns in which its own tools run, as Anthropic does by {@code pause_turn}:
 * its blocks of several calls numbered through, their usage added up, with one beginning and one end. The next call
 * gives back what the turn has so far, and the container that its tools run in. Used by the run's thread.
 *
 * <p>What cannot go on ends as it is, paused: after {@value #MOST_CALLS} calls, beyond {@value #MOST_CHARACTERS}
 * characters, with a client's call among it, or where the next call fails before it brings anything.
 */
final class PausedTurn implements EventSink {

    static final int MOST_CALLS = 9;
    static final int MOST_CHARACTERS = 4 * 1024 * 1024;

    private final GenerationJob job;
    private final EventSink sink;
    private final @Nullable ResponseAssembler soFar;

    private int calls = 1;
    private int firstBlock;
    private int nextBlock;
    private boolean broughtAnything;
    private @Nullable Usage before;
    private TokenEvent.@Nullable MessageStop paused;

    PausedTurn(GenerationJob job, EventSink sink) {
        this.job = job;
        this.sink = sink;
        // The tools of a provider are asked for by fields of its own.
        this.soFar = job.getRequest().getExtra() == null
                ? null
                : new ResponseAssembler(job.getConversationId(), job.getResponseId());
    }

    @Override
    public void emit(TokenEvent event) throws InterruptedException {
        TokenEvent told = counted(numbered(event));
        boolean silent = calls > 1 && !broughtAnything;
        switch (told) {
            case TokenEvent.MessageStop stop
            when stop.stopReason() == StopReason.PAUSE_TURN -> {
                paused = stop;
                return;
            }
            case TokenEvent.MessageStart _
            when silent -> {
                return;
            }
            case TokenEvent.Failed _
            when silent -> {
                return;
            }
            case TokenEvent.MessageStart start when calls > 1 -> told = begunAgain(start);
            case TokenEvent.MessageStart _ -> nextBlock = 0;
            case TokenEvent.BlockStart _ -> broughtAnything = true;
            default -> {}
        }
        if (broughtAnything || told.isTerminal()) {
            paused = null;
        }
        if (soFar != null && soFar.characters() <= MOST_CHARACTERS) {
            soFar.accept(told);
        }
        sink.emit(told);
    }

    /** What was said before the pause is not told again, so the answer cannot begin again with it. */
    private static TokenEvent begunAgain(TokenEvent.MessageStart start) {
        ErrorInfo error = ErrorInfo.newBuilder()
                .setPhase(ErrorPhase.MID_STREAM)
                .setCode("turn_begun_again")
                .setMessage("The provider broke off and began again in a turn that it had paused before. Ask again.")
                .setRetryable(true)
                .build();
        return new TokenEvent.Failed(start.envelope(), error, null);
    }

    /** The job that goes on with the turn; null where it has ended, or ends as it is. */
    @Nullable
    GenerationJob next() {
        TokenEvent.MessageStop stop = paused;
        if (stop == null || soFar == null || calls == MOST_CALLS || soFar.characters() > MOST_CHARACTERS) {
            return null;
        }
        if (calls > 1 && !broughtAnything) {
            return null;
        }
        List<Block> blocks = soFar.toResponse().getBlocks();
        if (blocks.isEmpty() || blocks.stream().anyMatch(block -> block.getType() == BlockType.TOOL_USE)) {
            return null;
        }
        calls++;
        firstBlock = nextBlock;
        broughtAnything = false;
        before = stop.usage();
        GenerationRequest request = job.getRequest();
        List<Message> messages = new ArrayList<>(request.getMessages());
        messages.add(Message.newBuilder()
                .setRole("assistant")
                .setProvider(request.getProvider())
                .setModel(request.getModel())
                .setParts(blocks.stream().map(PausedTurn::part).toList())
                .build());
        return GenerationJob.newBuilder(job)
                .setRequest(GenerationRequest.newBuilder(request)
                        .setMessages(messages)
                        .setExtra(extra(request.getExtra(), stop.providerData()))
                        .build())
                .build();
    }

    /** Ends a turn that does not go on. */
    void end() throws InterruptedException {
        TokenEvent.MessageStop stop = paused;
        if (stop != null) {
            sink.emit(stop);
        }
    }

    private TokenEvent numbered(TokenEvent event) {
        Envelope at = event.envelope();
        if (at.blockIndex() == Envelope.NONE) {
            return event;
        }
        int block = firstBlock + at.blockIndex();
        nextBlock = Math.max(nextBlock, block + 1);
        return firstBlock == 0 ? event : event.withEnvelope(at.withBlock(at.choiceIndex(), block));
    }

    private TokenEvent counted(TokenEvent event) {
        if (before == null) {
            return event;
        }
        return switch (event) {
            case TokenEvent.MessageDelta e ->
                new TokenEvent.MessageDelta(
                        e.envelope(),
                        e.stopReason(),
                        e.rawStopReason(),
                        e.stopSequence(),
                        UsageSum.of(before, e.usage()),
                        e.providerData(),
                        e.servedModel());
            case TokenEvent.MessageStop e ->
                new TokenEvent.MessageStop(
                        e.envelope(),
                        e.stopReason(),
                        e.rawStopReason(),
                        e.stopSequence(),
                        UsageSum.of(before, e.usage()),
                        e.providerData());
            case TokenEvent.Failed e -> new TokenEvent.Failed(e.envelope(), e.error(), UsageSum.of(before, e.usage()));
            case TokenEvent.Cancelled e ->
                new TokenEvent.Cancelled(
                        e.envelope(), e.reason(), e.billingStops(), UsageSum.of(before, e.usage()), e.blocked());
            default -> event;
        };
    }

    /** A block as what was said before; steps of the provider's tools as what only it understands. */
    private static Part part(Block block) {
        PartType type = switch (block.getType()) {
            case TEXT -> PartType.TEXT;
            case REFUSAL -> PartType.REFUSAL;
            case THINKING -> PartType.THINKING;
            case REDACTED_THINKING -> PartType.REDACTED_THINKING;
            case IMAGE -> PartType.IMAGE;
            case AUDIO -> PartType.AUDIO;
            case SERVER_TOOL_USE, TOOL_RESULT, TOOL_USE, OTHER -> PartType.OTHER;
        };
        boolean call = block.getType() == BlockType.SERVER_TOOL_USE;
        return Part.newBuilder()
                .setType(type)
                .setText(call ? null : block.getText())
                .setArguments(call ? block.getText() : null)
                .setSignature(block.getSignature())
                .setToolCallId(block.getToolCallId())
                .setToolName(block.getToolName())
                .setProviderData(block.getProviderData())
                .build();
    }

    /** The request's own fields, with the container of the turn that was paused. */
    private static @Nullable String extra(@Nullable String extra, @Nullable String providerData) {
        JsonNode id = Json.fields(providerData).path("container").path("id");
        if (!id.isTextual()) {
            return extra;
        }
        return Json.write(Json.fields(extra).put("container", id.textValue()));
    }
}
