package dev.tokentape.processor.judge;

import dev.tokentape.processor.fold.ModerationQuestion;
import dev.tokentape.schemas.event.TokenEvent;

/** Where the fold's questions to a moderation service go. Called by stream threads, which it never blocks. */
public interface QuestionSink {

    /** Takes a question, once; its verdict comes as a record of this journal partition. */
    void ask(ModerationQuestion question, int partition);

    /** A verdict has come by in the journal: whoever else was to answer that question need not. */
    void settled(TokenEvent.VerdictReached verdict);

    /** The partition is another's now. */
    void forget(int partition);

    /** Nobody to ask. For installations and tests without rules of this kind. */
    QuestionSink NOBODY = new QuestionSink() {
        @Override
        public void ask(ModerationQuestion question, int partition) {
            throw new IllegalStateException("nobody is there to judge " + question);
        }

        @Override
        public void settled(TokenEvent.VerdictReached verdict) {}

        @Override
        public void forget(int partition) {}
    };
}
