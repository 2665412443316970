package dev.tokentape.simulator.api;

import dev.tokentape.simulator.script.Block;
import dev.tokentape.simulator.script.Choice;
import dev.tokentape.simulator.script.Script;
import dev.tokentape.simulator.script.SimulatedRequest;
import dev.tokentape.simulator.settings.CallSettings;
import dev.tokentape.simulator.strict.ApiRules;
import dev.tokentape.simulator.strict.OllamaRules;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Ollama's own API: {@code POST /api/chat} and {@code POST /api/generate}, one JSON object a line. */
final class OllamaNative implements ApiDialect {

    private final boolean chat;

    /** @param chat whether it talks in messages, or completes a prompt */
    OllamaNative(boolean chat) {
        this.chat = chat;
    }

    @Override
    public String name() {
        return chat ? "ollama-chat" : "ollama-generate";
    }

    @Override
    public boolean serves(String path) {
        return path.equals(chat ? "/api/chat" : "/api/generate");
    }

    @Override
    public ApiRules rules() {
        return chat ? OllamaRules.ALL : ApiRules.NONE;
    }

    @Override
    public String streamContentType() {
        return "application/x-ndjson";
    }

    @Override
    public SimulatedRequest read(IncomingRequest request, CallSettings defaults) throws RequestRefused {
        return chat ? OllamaRequest.chat(request, defaults) : OllamaRequest.generate(request, defaults);
    }

    @Override
    public StreamEncoder stream(AnswerIdentity identity, SimulatedRequest request, Script script) {
        return new OllamaStream(new OllamaLine(identity, request, chat));
    }

    @Override
    public byte[] whole(AnswerIdentity identity, SimulatedRequest request, Script script) {
        Choice choice = script.choices().getFirst();
        var calls = new StringJoiner(",");
        String thinking = "";
        String text = "";
        int index = 0;
        for (Block block : choice.blocks()) {
            switch (block) {
                case Block.Text said -> text = said.joined();
                case Block.Refusal said -> text = said.joined();
                case Block.Thinking thought -> thinking = thought.joined();
                case Block.ToolCall call -> OllamaLine.call(call, index++).ifPresent(calls::add);
            }
        }
        var line = new OllamaLine(identity, request, chat);
        return WireJson.utf8(line.last(choice.stop(), script.usage(), text, thinking, calls.toString()));
    }

    @Override
    public ErrorReply httpError(AnswerIdentity identity, int status, @Nullable String message, int retryAfterSeconds) {
        return new ErrorReply(
                Map.of(),
                WireJson.bytes(OllamaStream.error(message != null ? message : HttpErrorTexts.usualMessage(status))));
    }
}
