package dev.tokentape.processor.moderation;

import dev.tokentape.processor.moderation.gate.HoldBack;
import dev.tokentape.processor.moderation.gate.Released;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.event.TokenEvent;

/** The rule set without rules: holds nothing, refuses nothing. */
enum PassThrough implements Moderation, HoldBack {
    INSTANCE;

    @Override
    public PromptCheck promptCheck() {
        return _ -> null;
    }

    @Override
    public HoldBack holdBack(GenerationRequest request, TokenEvent.BlockStart block) {
        return this;
    }

    @Override
    public Released append(String text) {
        return Released.of(text);
    }

    @Override
    public Released flush() {
        return Released.NOTHING;
    }
}
