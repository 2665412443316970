package dev.tokentape.producer.provider.turns;

/** A demand that some APIs make of a conversation, answering 400 otherwise; {@link TurnRules} says which APIs. */
public enum TurnRule {

    /** Neighbouring turns of one side become one. */
    ROLES_ALTERNATE,

    /** The first turn is the user's, and there is one. */
    STARTS_WITH_USER,

    /** Between a tool's result and the user's next words, the assistant has its say. */
    ASSISTANT_AFTER_RESULTS,

    /** There is one place for a system prompt; system messages among the turns join it. */
    ONE_SYSTEM,

    /** Text that is only white space is no text. */
    NO_BLANK_TEXT,

    /** A tool's result says something. */
    NO_EMPTY_RESULT,

    /** What the assistant is to go on with does not end in white space. */
    NO_SPACE_AT_THE_END,

    /** Pictures and sounds that the model made itself are taken back. */
    OWN_MEDIA,

    /** Blocks that only the provider understands, such as steps of its own tools, are taken back. */
    OWN_ITEMS,

    /** Calls that are no functions are taken back in a form of their own. */
    OWN_CALLS,

    /** One provider serves models of several vendors, none of which reads what another has sealed. */
    SERVES_SEVERAL_VENDORS
}
