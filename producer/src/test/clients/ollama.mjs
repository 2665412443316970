// Asks the server at the address given, by Ollama's own client. It is refused; what was asked is what matters.
import { Ollama } from "ollama";

const client = new Ollama({ host: process.argv[2] });
const parameters = { type: "object", properties: { city: { type: "string" } } };
await client
  .chat({
    model: "test-model",
    stream: true,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Where is this?", images: ["AAAA"] },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ function: { name: "weather", arguments: { city: "Rome" } } }],
      },
      { role: "tool", content: "21 degrees", tool_name: "weather" },
      { role: "user", content: "Hi" },
    ],
    tools: [{ type: "function", function: { name: "weather", description: "Tells the weather.", parameters } }],
    think: false,
    format: { type: "object" },
    options: { num_predict: 2000, temperature: 0.5, top_p: 0.25, stop: ["END"] },
  })
  .catch(() => {});
