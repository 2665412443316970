package dev.tokentape.producer.journal;

/** Hears what became of a record that was sent. Called once, on a thread that must not be blocked. */
public interface Receipt {

    /** @param offset where it stands in its journal partition; negative if the broker could not say */
    void acknowledged(long offset);

    /** It will never be in the journal: the broker refused it, or this process is closing. */
    void failed(Exception cause);
}
