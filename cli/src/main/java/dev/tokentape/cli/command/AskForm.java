package dev.tokentape.cli.command;

/** How {@code ask} prints an answer. */
enum AskForm {
    /** Its text, as it arrives. */
    TEXT,
    /** One JSON object, at the end. */
    JSON,
    /** Each event as it arrives, one JSON object a line. */
    JSON_LINES
}
