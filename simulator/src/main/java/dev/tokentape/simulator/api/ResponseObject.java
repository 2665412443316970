package dev.tokentape.simulator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.script.StopReason;
import dev.tokentape.simulator.script.TokenCounts;
import dev.tokentape.simulator.script.ToolOffer;
import dev.tokentape.simulator.strict.Seal;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The response of the Responses API as a resource, in its states: in progress, ended, failed; and its output items. */
final class ResponseObject {

    private static final String IN_PROGRESS = "in_progress";

    private final AnswerIdentity identity;
    private final SimulatedRequest request;

    ResponseObject(AnswerIdentity identity, SimulatedRequest request) {
        this.identity = identity;
        this.request = request;
    }

    ObjectNode inProgress() {
        return response(IN_PROGRESS, null, null, List.of(), null);
    }

    /** As it stands at the end, completed or incomplete. */
    ObjectNode ended(Choice choice, TokenCounts usage) {
        @Nullable
        String incomplete = switch (choice.stop()) {
            case MAX_TOKENS -> "max_output_tokens";
            case CONTENT_FILTER -> "content_filter";
            case END_TURN, TOOL_USE, REFUSAL -> null;
        };
        return response(incomplete == null ? "completed" : "incomplete", null, incomplete, items(choice), usage);
    }

    /** As it stands after a failure, with the items which had ended before. */
    ObjectNode failed(ObjectNode error, List<ObjectNode> items) {
        return response("failed", error, null, items, null);
    }

    private List<ObjectNode> items(Choice choice) {
        return IntStream.range(0, choice.blocks().size())
                .mapToObj(index -> item(choice, index))
                .toList();
    }

    String itemId(Block block, int index) {
        String prefix = switch (block) {
            case Block.Text ignored -> "msg_";
            case Block.Refusal ignored -> "msg_";
            case Block.Thinking ignored -> "rs_";
            case Block.ToolCall ignored -> "fc_";
        };
        return prefix + identity.id() + "_" + index;
    }

    /** An output item which has begun. */
    ObjectNode begun(Block block, int index) {
        ObjectNode item = WireJson.MAPPER.createObjectNode();
        item.put("id", itemId(block, index));
        switch (block) {
            case Block.Text ignored -> message(item, IN_PROGRESS);
            case Block.Refusal ignored -> message(item, IN_PROGRESS);
            case Block.Thinking ignored -> item.put("type", "reasoning").putArray("summary");
            case Block.ToolCall call -> call(item, IN_PROGRESS, "", call);
        }
        return item;
    }

    /** An output item which has ended; cut short if it is the last one and the token limit was reached. */
    ObjectNode item(Choice choice, int index) {
        Block block = choice.blocks().get(index);
        boolean cut = choice.stop() == StopReason.MAX_TOKENS
                && index == choice.blocks().size() - 1;
        String status = cut ? "incomplete" : "completed";
        ObjectNode item = WireJson.MAPPER.createObjectNode();
        item.put("id", itemId(block, index));
        switch (block) {
            case Block.Text text -> message(item, status).add(part(text, text.joined()));
            case Block.Refusal refusal -> message(item, status).add(part(refusal, refusal.joined()));
            case Block.Thinking thinking -> {
                item.put("type", "reasoning").putArray("summary").add(part(thinking, thinking.joined()));
                if (request.sealedThinking()) {
                    item.put("encrypted_content", Seal.OPENAI.token(thinking.joined()));
                }
            }
            case Block.ToolCall call -> call(item, status, call.joined(), call);
        }
        return item;
    }

    private static ArrayNode message(ObjectNode item, String status) {
        item.put("type", "message").put("status", status);
        ArrayNode content = item.putArray("content");
        item.put("role", "assistant");
        return content;
    }

    private static void call(ObjectNode item, String status, String arguments, Block.ToolCall call) {
        item.put("type", "function_call").put("status", status).put("arguments", arguments);
        item.put("call_id", "call_" + call.id()).put("name", call.name());
    }

    /** A content or summary part, as far as it has been said. */
    static ObjectNode part(Block block, String said) {
        ObjectNode part = WireJson.MAPPER.createObjectNode();
        switch (block) {
            case Block.Refusal ignored -> part.put("type", "refusal").put("refusal", said);
            case Block.Thinking ignored -> part.put("type", "summary_text").put("text", said);
            case Block.Text ignored -> {
                part.put("type", "output_text").putArray("annotations");
                part.putArray("logprobs");
                part.put("text", said);
            }
            case Block.ToolCall call -> throw new IllegalStateException("the call of " + call.name() + " has no parts");
        }
        return part;
    }

    private ObjectNode response(
            String status,
            @Nullable ObjectNode error,
            @Nullable String incomplete,
            List<ObjectNode> items,
            @Nullable TokenCounts usage) {
        boolean completed = status.equals("completed");
        ObjectNode response = WireJson.MAPPER.createObjectNode();
        response.put("id", "resp_" + identity.id())
                .put("object", "response")
                .put("created_at", identity.createdSeconds())
                .put("status", status)
                .put("background", false)
                .put("completed_at", completed ? identity.createdSeconds() : null)
                .set("error", error);
        if (incomplete == null) {
            response.putNull("incomplete_details");
        } else {
            response.putObject("incomplete_details").put("reason", incomplete);
        }
        response.putNull("instructions")
                .put("max_output_tokens", request.maxTokens())
                .putNull("max_tool_calls")
                .put("model", request.model())
                .putArray("output")
                .addAll(items);
        response.put(
                        "parallel_tool_calls",
                        request.tools().parallel() || request.tools().tools().isEmpty())
                .putNull("previous_response_id");
        boolean reasons = request.thinkingBudget() > 0;
        response.putObject("reasoning")
                .put("effort", reasons ? "medium" : null)
                .put("summary", reasons ? "detailed" : null);
        response.put("service_tier", "default").put("store", false).put("temperature", 1.0);
        response.putObject("text")
                .put("verbosity", "medium")
                .putObject("format")
                .put("type", "text");
        response.put("tool_choice", toolChoice()).set("tools", tools());
        response.put("top_logprobs", 0).put("top_p", 1.0).put("truncation", "disabled");
        if (usage == null) {
            response.putNull("usage");
        } else {
            response.set("usage", usage(usage));
        }
        return response.putNull("user").set("metadata", WireJson.MAPPER.createObjectNode());
    }

    private String toolChoice() {
        return switch (request.tools().use()) {
            case ALWAYS -> "required";
            case NEVER -> request.tools().tools().isEmpty() ? "auto" : "none";
            case AUTO -> "auto";
        };
    }

    private ArrayNode tools() {
        ArrayNode tools = WireJson.MAPPER.createArrayNode();
        for (ToolOffer.Tool tool : request.tools().tools()) {
            tools.addObject()
                    .put("type", "function")
                    .putNull("description")
                    .put("name", tool.name())
                    .put("strict", true)
                    .set("parameters", tool.schema());
        }
        return tools;
    }

    private static ObjectNode usage(TokenCounts usage) {
        ObjectNode node = WireJson.MAPPER.createObjectNode();
        node.put("input_tokens", usage.input());
        node.putObject("input_tokens_details").put("cached_tokens", 0);
        node.put("output_tokens", usage.output());
        node.putObject("output_tokens_details").put("reasoning_tokens", usage.thinking());
        return node.put("total_tokens", usage.input() + usage.output());
    }
}
