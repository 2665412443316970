package dev.tokentape.producer.provider;

/** The names of the APIs, for tests that speak of several. */
final class ApiNames {

    static final String CHAT = "openai-chat-completions";
    static final String RESPONSES = "openai-responses";
    static final String MESSAGES = "anthropic-messages";
    static final String BEDROCK = "bedrock-converse-stream";
    static final String GEMINI = "gemini-generate-content";
    static final String OLLAMA = "ollama-native";

    private ApiNames() {}
}
