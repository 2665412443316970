// Asks the server at the address given, by Mistral's own client. It is refused; what was asked is what matters.
import { Mistral } from "@mistralai/mistralai";

const client = new Mistral({ apiKey: "k", serverURL: process.argv[2], retryConfig: { strategy: "none" } });
const parameters = { type: "object", properties: { city: { type: "string" } } };
await client.chat
  .stream({
    model: "test-model",
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "Where is this?" },
          { type: "image_url", imageUrl: { url: "data:image/png;base64,AAAA" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        toolCalls: [
          { id: "abcdefghi", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
        ],
      },
      { role: "tool", toolCallId: "abcdefghi", content: "21 degrees" },
      { role: "user", content: "Hi" },
    ],
    maxTokens: 2000,
    temperature: 0.5,
    topP: 0.25,
    stop: ["END"],
    tools: [{ type: "function", function: { name: "weather", description: "Tells the weather.", parameters } }],
    toolChoice: { type: "function", function: { name: "weather" } },
    responseFormat: {
      type: "json_schema",
      jsonSchema: { name: "response", strict: true, schemaDefinition: { type: "object" } },
    },
  })
  .catch(() => {});
