package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Step;
import dev.tokentape.simulator.script.TokenCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream of Responses events, numbered from 0. There is no {@code [DONE]}: the stream ends with the whole response,
 * completed, incomplete or failed.
 */
final class ResponsesStream implements StreamEncoder {

    private static final byte[] NOTHING = {};

    private final ResponseObject response;
    private final Choice choice;
    private final List<ObjectNode> endedItems = new ArrayList<>();
    private int sequence;

    ResponsesStream(ResponseObject response, Choice choice) {
        this.response = response;
        this.choice = choice;
    }

    @Override
    public byte[] encode(Step step) {
        return switch (step) {
            case Step.ChoiceStart ignored ->
                WireJson.utf8(whole("response.created", response.inProgress())
                        + whole("response.in_progress", response.inProgress()));
            case Step.BlockStart start -> WireJson.utf8(blockStart(start.block(), start.index()));
            case Step.Token token -> WireJson.utf8(delta(token));
            case Step.BlockStop stop -> WireJson.utf8(blockStop(stop.block(), stop.index()));
            case Step.ChoiceEnd ignored -> NOTHING;
            case Step.End end -> WireJson.utf8(end(end.usage()));
        };
    }

    private String blockStart(Block block, int index) {
        String added = event(
                "response.output_item.added",
                "\"item\":" + response.begun(block, index) + ",\"output_index\":" + index);
        return switch (block) {
            case Block.ToolCall ignored -> added;
            case Block.Thinking ignored ->
                added + event("response.reasoning_summary_part.added", place(block, index) + part(block, ""));
            default -> added + event("response.content_part.added", place(block, index) + part(block, ""));
        };
    }

    private String delta(Step.Token token) {
        Block block = token.block();
        String place = place(block, token.position().block());
        String delta = ",\"delta\":" + WireJson.quoted(token.text());
        return switch (block) {
            case Block.Text ignored -> event("response.output_text.delta", place + delta + ",\"logprobs\":[]");
            case Block.Refusal ignored -> event("response.refusal.delta", place + delta);
            case Block.Thinking ignored -> event("response.reasoning_summary_text.delta", place + delta);
            case Block.ToolCall ignored -> event("response.function_call_arguments.delta", place + delta);
        };
    }

    private String blockStop(Block block, int index) {
        String place = place(block, index);
        String said = WireJson.quoted(block.joined());
        String stops = switch (block) {
            case Block.Text ignored ->
                event("response.output_text.done", place + ",\"logprobs\":[],\"text\":" + said)
                        + event("response.content_part.done", place + part(block, block.joined()));
            case Block.Refusal ignored ->
                event("response.refusal.done", place + ",\"refusal\":" + said)
                        + event("response.content_part.done", place + part(block, block.joined()));
            case Block.Thinking ignored ->
                event("response.reasoning_summary_text.done", place + ",\"text\":" + said)
                        + event("response.reasoning_summary_part.done", place + part(block, block.joined()));
            case Block.ToolCall call ->
                event(
                        "response.function_call_arguments.done",
                        "\"arguments\":" + said + "," + place + ",\"name\":" + WireJson.quoted(call.name()));
        };
        ObjectNode item = response.item(choice, index);
        endedItems.add(item);
        return stops + event("response.output_item.done", "\"item\":" + item + ",\"output_index\":" + index);
    }

    private String end(TokenCounts usage) {
        ObjectNode ended = response.ended(choice, usage);
        return whole("response." + ended.path("status").textValue(), ended);
    }

    /** Where an event belongs: which item, and which part of it. */
    private String place(Block block, int index) {
        String item = "\"item_id\":\"" + response.itemId(block, index) + "\",\"output_index\":" + index;
        return switch (block) {
            case Block.ToolCall ignored -> item;
            case Block.Thinking ignored -> item + ",\"summary_index\":0";
            default -> "\"content_index\":0," + item;
        };
    }

    private static String part(Block block, String said) {
        return ",\"part\":" + ResponseObject.part(block, said);
    }

    private String whole(String type, ObjectNode whole) {
        return event(type, "\"response\":" + whole);
    }

    private String event(String type, String members) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + members + ",\"sequence_number\":" + sequence++
                + "}\n\n";
    }

    /** The error, and then the response which failed of it: so it was recorded, though the SDK's type is flat. */
    @Override
    public byte[] error() {
        ObjectNode error = WireJson.MAPPER.createObjectNode();
        error.put("code", "server_error").put("message", "The server failed while it worked on the response.");
        String event = event(
                "error",
                "\"error\":{\"type\":\"server_error\",\"code\":\"server_error\",\"message\":" + error.get("message")
                        + ",\"param\":null}");
        return WireJson.utf8(event + whole("response.failed", response.failed(error, endedItems)));
    }

    @Override
    public byte[] malformed() {
        return WireJson.utf8("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
                + "\"content_index\":0,\"delta\":\"\n\n");
    }
}
