// The page: one conversation in two panes, each with its own connection, its own cursor and its own picture of the
// answers, so that one can be cut and resumed while the other goes on.

const PAUSE_MS = 4000;
/** Close code of the WebSocket. */
const TOKEN_EXPIRED = 4002;
const byId = (id) => document.getElementById(id);
const address = (conversation, rest = "") => `/v1/conversations/${encodeURIComponent(conversation)}${rest}`;

/** A random word for ids; also where the page is not served over HTTPS. */
function randomWord(length) {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (n) => letters[n % letters.length]).join("");
}

function tell(message) {
  byId("notice").textContent = message ?? "";
  byId("notice").hidden = !message;
}

/** The token for a gateway that asks for one: asked for when it is first refused, kept for this tab only. */
const access = {
  get token() {
    return sessionStorage.getItem("tokentape.token");
  },
  set token(token) {
    sessionStorage.setItem("tokentape.token", token);
  },
  ask() {
    byId("token-form").hidden = false;
  },
};

async function api(path, options = {}) {
  const headers = { ...options.headers };
  if (access.token) headers.Authorization = `Bearer ${access.token}`;
  const response = await fetch(path, { ...options, headers });
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    if (response.status === 401) access.ask();
    const problem = new Error(
      body?.detail ? `${body.title}: ${body.detail}` : `The gateway answered ${response.status}.`,
    );
    problem.status = response.status;
    throw problem;
  }
  return body;
}

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

/** Why an attempt is not the first, or not of the provider that was asked. */
const REASONS = {
  regenerated: "A moderation rule wanted another answer; this one supersedes the one before.",
  producer_lost: "The producer of the attempt before was lost; this one supersedes it.",
  provider_restarted: "The provider began its answer again; this supersedes what it said before.",
  fallback: "The provider that was asked failed; the fallback answers.",
};

/** One turn: the prompt, the answer's blocks as they grow, and its figures. */
class Turn {
  constructor(responseId) {
    this.responseId = responseId;
    this.next = 0;
    this.running = true;
    this.blocks = new Map();
    this.deltas = 0;
    this.root = element("article", "turn is-running");
    this.prompt = element("p", "prompt-text");
    this.prompt.hidden = true;
    this.body = element("div", "body");
    this.notes = element("div", "body");
    this.told = { verdicts: new Map() };
    this.meter = element("div", "meter");
    this.root.append(this.prompt, this.body, this.notes, this.meter);
    this.measure("queued");
  }

  /** Takes the state of an answer that was not read event by event. */
  load(response) {
    this.next = response.last_sequence + 1;
    this.clear();
    const text = response.prompt.flatMap((message) => message.content).map((part) => part.text ?? `[${part.type}]`);
    this.ask(text.join("\n"));
    this.provider = [response.provider, response.served_model ?? response.model].filter(Boolean).join(" · ");
    this.simulated = response.simulated ?? false;
    for (const block of response.blocks) {
      this.open(block, block.choice_index ?? 0, block.block_index).append(block.text);
    }
    this.told = { verdicts: new Map(), attempt: response.attempt, reason: response.attempt_reason };
    for (const verdict of response.verdicts ?? []) this.decided(verdict);
    this.told.error = response.error;
    this.told.cancelled = response.cancel_reason !== undefined && response;
    this.usage = response.usage;
    this.running = response.status === "queued" || response.status === "running";
    this.end(response.outcome ?? response.status, !this.running);
  }

  ask(text) {
    this.prompt.textContent = text;
    this.prompt.hidden = text === "";
  }

  clear() {
    this.body.replaceChildren();
    this.blocks.clear();
    this.first = this.last = undefined;
    this.deltas = 0;
  }

  open(block, choice, index) {
    const kinds = {
      thinking: ["thinking boxed", "Thinking"],
      redacted_thinking: ["thinking boxed", "Thinking, hidden by the provider"],
      refusal: ["refusal boxed", "Refusal"],
      tool_use: ["tool boxed", `Tool call ${block.tool_name ?? ""}`],
      server_tool_use: ["tool boxed", `Tool call at the provider ${block.tool_name ?? ""}`],
      tool_result: ["tool boxed", "Tool result"],
      image: ["tool boxed", `Image ${block.media_type ?? ""}`],
      audio: ["tool boxed", `Audio ${block.media_type ?? ""}`],
      other: ["tool boxed", "Other"],
    };
    const [className, label] = kinds[block.type] ?? ["", ""];
    const root = element("div", `block is-open ${className}`);
    const name = [choice > 0 ? `Choice ${choice + 1}` : "", label].filter(Boolean).join(" · ");
    if (name) root.append(element("span", "label", name));
    const text = document.createTextNode("");
    root.append(text);
    this.body.append(root);
    const opened = { root, append: (more) => text.appendData(more) };
    this.blocks.set(`${choice}/${index}`, opened);
    return opened;
  }

  /** What moderation did ten times stands once. */
  decided(verdict) {
    this.told.verdicts.set(JSON.stringify(verdict), verdict);
  }

  /** What is to be told beside the text: the same, in the same place, whether it was read live or loaded. */
  tell() {
    const { attempt, reason, verdicts, error, cancelled } = this.told;
    const notes = [];
    if (reason || attempt > 1) {
      notes.push(["note", `Attempt ${attempt}`, REASONS[reason] ?? "This attempt supersedes the one before."]);
    }
    for (const verdict of verdicts.values()) {
      const why = verdict.reason ?? verdict.category;
      notes.push(["note", `Moderation: ${verdict.action}`, `Rule ${verdict.rule_id}: ${why}`]);
    }
    if (error) notes.push(["failed", error.code, error.message]);
    if (cancelled) notes.push(["note", this.ended, `Billing stops: ${cancelled.billing_stops ?? "unknown"}.`]);
    this.notes.replaceChildren(
      ...notes.map(([className, title, text]) => {
        const note = element("div", `block boxed ${className}`);
        note.append(element("span", "label", title), document.createTextNode(text));
        return note;
      }),
    );
  }

  accept(event) {
    const key = `${event.choice_index ?? 0}/${event.block_index}`;
    switch (event.type) {
      case "user_message":
        this.ask(event.text);
        this.provider = [event.provider, event.model].filter(Boolean).join(" · ");
        break;
      case "message_start":
        this.clear();
        this.told.attempt = event.attempt;
        this.told.reason = event.reason;
        this.tell();
        this.provider = [event.provider, event.served_model ?? event.model].filter(Boolean).join(" · ");
        this.simulated = event.provider_data?.simulated ?? false;
        break;
      case "content_block_start":
        this.open(event.block, event.choice_index ?? 0, event.block_index);
        break;
      case "content_block_delta":
        this.delta(event, key);
        break;
      case "content_block_stop":
        this.blocks.get(key)?.root.classList.remove("is-open");
        break;
      case "moderation":
        this.decided(event.verdict);
        this.tell();
        break;
      case "message_stop":
        this.usage = event.usage ?? this.usage;
        this.end(event.outcome, true);
        break;
      case "error":
        this.told.error = event.error;
        this.end(event.outcome, true);
        break;
      case "cancelled":
        this.told.cancelled = event;
        this.end(event.outcome, true);
        break;
    }
    this.usage = event.usage ?? this.usage;
    this.measure(this.running ? (this.first === undefined ? "waiting" : "streaming") : this.ended);
  }

  delta(event, key) {
    if (event.delta.text === "" || event.delta.type === "signature" || event.delta.type === "logprobs") return;
    this.blocks.get(key)?.append(event.delta.type === "data" ? "▪" : event.delta.text);
    this.deltas++;
    this.first ??= event.elapsed_nanos;
    this.last = event.elapsed_nanos ?? this.last;
    this.lag = Date.now() - event.received_at_us / 1000;
  }

  end(how, over) {
    this.ended = how;
    this.running = !over;
    this.root.classList.toggle("is-running", !over);
    this.tell();
    this.measure(how);
  }

  /** Time to first token; tokens a second between first and last, by the provider's count where it is known. */
  measure(state) {
    const parts = [["", state]];
    if (this.first !== undefined) parts.push(["TTFT ", `${Math.round(this.first / 1e6)} ms`]);
    const seconds = (this.last - this.first) / 1e9;
    if (seconds > 0.25) {
      const tokens = this.running ? this.deltas : (this.usage?.output_tokens ?? this.deltas);
      parts.push(["TPS ", `${((tokens - 1) / seconds).toFixed(0)}`]);
    }
    if (this.usage?.output_tokens !== undefined) parts.push(["tokens ", String(this.usage.output_tokens)]);
    if (this.running && this.lag !== undefined && this.lag < 60000) {
      parts.push(["upstream to screen ", `${Math.max(0, Math.round(this.lag))} ms`]);
    }
    if (this.provider) parts.push(["", this.provider]);
    if (this.simulated) parts.push(["", "simulated: no real model answers"]);
    this.meter.replaceChildren(
      ...parts.map(([label, value]) => {
        const part = element("span", "", label);
        part.append(element("b", "", value));
        return part;
      }),
    );
  }
}

/** One reader of the conversation: its turns, its place, and proof that nothing is lost or repeated. */
class Pane {
  constructor(root, connect) {
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((e) => [e.dataset.part, e]));
    this.root = root;
    this.connect = connect;
    this.parts.cut.addEventListener("click", () => (this.paused ? this.resume() : this.cut()));
  }

  start(conversation, state) {
    this.stop();
    this.conversation = conversation;
    this.turns = new Map();
    this.events = this.repeated = this.missing = 0;
    this.sequence = undefined;
    this.cursor = state.cursor;
    this.parts.answers.replaceChildren(element("p", "empty", "Nothing was said here yet."));
    this.parts.resumed.hidden = true;
    for (const response of [...state.turns, ...state.open]) this.turn(response.response_id).load(response);
    this.show();
    this.open();
  }

  open() {
    this.state("connecting", "connecting");
    const generation = (this.generation = (this.generation ?? 0) + 1);
    const current = (then) => (...given) => generation === this.generation && then(...given);
    this.connection = this.connect(this.conversation, this.cursor, {
      live: current(() => this.state("live", "live")),
      event: current((event) => this.accept(event)),
      broken: current((reason, again) => {
        this.state("broken", reason);
        this.connection.close();
        if (again) this.retry = setTimeout(current(() => this.open()), 1000 + Math.random() * 2000);
      }),
    });
  }

  /** Does not try, until there is a token. */
  refused() {
    this.stop();
    this.state("broken", "needs an access token");
  }

  stop() {
    this.generation = (this.generation ?? 0) + 1;
    clearTimeout(this.retry);
    clearInterval(this.countdown);
    this.paused = false;
    this.connection?.close();
    this.root.classList.remove("is-cut");
    this.parts.cut.textContent = "Cut the connection";
  }

  cut() {
    this.stop();
    this.paused = true;
    this.before = { events: this.events, repeated: this.repeated, missing: this.missing };
    this.root.classList.add("is-cut");
    this.state("cut", "cut");
    let seconds = PAUSE_MS / 1000;
    const count = () => {
      this.parts.cut.textContent = `Resume (${seconds})`;
      this.say(`Cut after ${this.events} events. Nothing is read; the tape goes on without us.`, "is-cut");
      if (seconds-- === 0) this.resume();
    };
    count();
    this.countdown = setInterval(count, 1000);
  }

  resume() {
    this.stop();
    this.resumedFrom = this.cursor;
    this.catching = true;
    this.report();
    this.open();
  }

  /** What came since the cut. */
  report() {
    const caught = this.events - this.before.events;
    const repeated = this.repeated - this.before.repeated;
    const missing = this.missing - this.before.missing;
    this.say(
      `Resumed after the last cursor: ${caught} events since, ${repeated} repeated, ${missing} missing.`,
      repeated + missing > 0 ? "is-bad" : "",
    );
  }

  say(text, className) {
    this.parts.resumed.textContent = text;
    this.parts.resumed.className = `resumed ${className}`;
    this.parts.resumed.hidden = false;
  }

  turn(responseId) {
    let turn = this.turns.get(responseId);
    if (!turn) {
      if (this.turns.size === 0) this.parts.answers.replaceChildren();
      turn = new Turn(responseId);
      this.turns.set(responseId, turn);
      this.parts.answers.append(turn.root);
    }
    return turn;
  }

  accept(event) {
    const box = this.parts.answers;
    const following = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
    this.cursor = event.id ?? this.cursor;
    if (event.type === "gap" || event.type === "snapshot") {
      for (const response of event.responses) this.turn(response.response_id).load(response);
      if (event.type === "gap") this.say(`A stretch of the tape is gone (${event.reason}); shown is what is known.`, "is-cut");
    } else if (event.type === "conversation_deleted") {
      this.turns.clear();
      box.replaceChildren(element("p", "empty", "This conversation was deleted. What you ask now begins it anew."));
    } else {
      const turn = this.turn(event.response_id);
      if (event.sequence < turn.next) {
        if (turn.counted) this.repeated++;
      } else {
        this.missing += turn.counted ? event.sequence - turn.next : 0;
        turn.counted = true;
        turn.next = event.sequence + 1;
        this.events++;
        this.sequence = event.sequence;
        turn.accept(event);
      }
    }
    if (this.catching) this.report();
    this.show();
    if (following) box.scrollTop = box.scrollHeight;
  }

  show() {
    const { events, sequence, repeated, missing, cursor } = this.parts;
    events.textContent = this.events;
    sequence.textContent = this.sequence ?? "–";
    repeated.textContent = this.repeated;
    repeated.classList.toggle("is-bad", this.repeated > 0);
    missing.textContent = this.missing;
    missing.classList.toggle("is-bad", this.missing > 0);
    cursor.textContent = this.cursor;
    cursor.title = this.cursor;
    page.changed();
  }

  state(name, text) {
    this.parts.status.dataset.state = name;
    this.parts.status.textContent = text;
  }

  running() {
    return [...(this.turns?.values() ?? [])].filter((turn) => turn.running);
  }
}

/** Reads over a WebSocket, sub-protocol tokentape.v1; a token goes beside it, for a page can set no header here. */
function overSocket(conversation, cursor, reader) {
  const url = new URL("/v1/stream", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url, ["tokentape.v1", ...(access.token ? [`bearer.${access.token}`] : [])]);
  socket.onopen = () =>
    socket.send(JSON.stringify({ type: "subscribe", ref: "page", conversation_id: conversation, after: cursor }));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "subscribed") reader.live();
    else if (message.type === "refused") reader.broken(message.problem.detail, false);
    else if (message.id) reader.event(message);
  };
  socket.onclose = ({ code }) => {
    if (code === TOKEN_EXPIRED) access.ask();
    reader.broken(
      code === TOKEN_EXPIRED ? "the token has expired" : `closed (${code}), coming back`,
      code !== TOKEN_EXPIRED && code < 4400,
    );
  };
  return socket;
}

/**
 * Reads with the browser's own EventSource, which resumes by itself; after a cut we name the cursor. It can send no header:
 * the token is changed for a ticket, which may stand in an address.
 */
function overEvents(conversation, cursor, reader) {
  const connection = {
    close() {
      this.closed = true;
      this.source?.close();
    },
  };
  const open = (ticket) => {
    if (connection.closed) return;
    const query = new URLSearchParams({ after: cursor, ...(ticket && { ticket }) });
    const source = (connection.source = new EventSource(address(conversation, `/events?${query}`)));
    source.onopen = () => reader.live();
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type !== "reauthenticate") reader.event(event);
    };
    source.onerror = () =>
      source.readyState === EventSource.CLOSED && reader.broken("refused, trying again", true);
  };
  if (access.token) {
    api("/v1/tickets", { method: "POST" }).then(
      ({ ticket }) => open(ticket),
      (problem) => reader.broken(problem.message, problem.status !== 401),
    );
  } else {
    open();
  }
  return connection;
}

const page = {
  panes: [],

  async open() {
    const conversation = decodeURIComponent(location.hash.slice(1));
    if (!conversation) {
      location.hash = `talk-${randomWord(6)}`;
      return;
    }
    byId("conversation").value = conversation;
    byId("second-tab").href = `/#${encodeURIComponent(conversation)}`;
    document.title = `${conversation} · Tokentape`;
    try {
      const state = await api(address(conversation));
      tell();
      for (const pane of this.panes) pane.start(conversation, state);
    } catch (problem) {
      if (problem.status === 401) {
        tell(problem.message);
        for (const pane of this.panes) pane.refused();
        return;
      }
      tell(`${problem.message} Earlier turns are missing here; new ones will show.`);
      for (const pane of this.panes) pane.start(conversation, { turns: [], open: [], cursor: "start" });
    }
  },

  changed() {
    byId("cancel").disabled = !this.panes.some((pane) => pane.running().length > 0);
  },

  async ask(form) {
    const body = { prompt: form.prompt.value.trim() };
    for (const name of ["provider", "model"]) {
      const value = form[name].value.trim();
      if (value) body[name] = value;
    }
    if (!body.prompt) return;
    byId("send").disabled = true;
    try {
      await api(address(byId("conversation").value, "/responses"), {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": randomWord(24) },
        body: JSON.stringify(body),
      });
      form.prompt.value = "";
      tell();
    } catch (problem) {
      tell(problem.message);
    } finally {
      byId("send").disabled = false;
      form.prompt.focus();
    }
  },

  /** For everybody, and for good: so it asks first. The panes are told by the tape, like all other readers. */
  async delete() {
    const conversation = byId("conversation").value;
    if (!confirm(`Delete the conversation ${conversation} with all that was said in it, for everybody?`)) return;
    try {
      await api(address(conversation), { method: "DELETE" });
      tell();
    } catch (problem) {
      tell(problem.message);
    }
  },

  async cancel() {
    const running = new Set(this.panes.flatMap((pane) => pane.running()).map((turn) => turn.responseId));
    for (const id of running) {
      try {
        await api(address(byId("conversation").value, `/responses/${id}/cancel`), { method: "POST" });
      } catch (problem) {
        tell(problem.message);
      }
    }
  },
};

page.panes = [
  new Pane(document.querySelector('[data-transport="socket"]'), overSocket),
  new Pane(document.querySelector('[data-transport="sse"]'), overEvents),
];
byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  page.ask(event.target);
});
byId("prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("ask").requestSubmit();
  }
});
byId("cancel").addEventListener("click", () => page.cancel());
byId("delete-conversation").addEventListener("click", () => page.delete());
byId("new-conversation").addEventListener("click", () => (location.hash = `talk-${randomWord(6)}`));
byId("conversation-form").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = encodeURIComponent(byId("conversation").value);
});
byId("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  access.token = byId("token").value.trim();
  byId("token").value = "";
  byId("token-form").hidden = true;
  page.open();
});
addEventListener("hashchange", () => page.open());
page.open();
