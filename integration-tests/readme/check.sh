#!/usr/bin/env bash
# Does what the README and docs/services.md show, word for word where it can: starts Tokentape with `./tokentape up`, asks
# and streams with curl, resumes by Last-Event-ID, reads a snapshot and a page, brings a tool's result, asks, lists, shows,
# tails and cancels on the command line, sees a card number masked, tries and publishes rules, runs the services one by one beside
# it, and ends it with Ctrl-C. The ports are the usual ones unless TOKENTAPE_… variables say otherwise.
set -euo pipefail
cd "$(dirname "$0")/../.."

data=$(mktemp -d)
gateway=http://127.0.0.1:${TOKENTAPE_GATEWAY_PORT:-8080}
export TOKENTAPE_GATEWAY_URL=$gateway
log=$data/up.log
set -m
./tokentape up --data "$data/tape" >"$log" 2>&1 &
up=$!
# The processes of the single services, one a line.
services=$data/services
stop_services() {
  [ -f "$services" ] || return 0
  while read -r service; do
    kill "$service" 2>/dev/null || true
    while kill -0 "$service" 2>/dev/null; do sleep 0.1; done
  done <"$services"
  rm "$services"
}
finish() {
  status=$?
  [ "$status" = 0 ] || { echo "the README check failed; the logs:"; tail -n 20 "$data"/*.log "$data/notes" 2>/dev/null; }
  stop_services
  kill -INT "$up" 2>/dev/null || true
  for _ in $(seq 200); do kill -0 "$up" 2>/dev/null || break; sleep 0.1; done
  kill "$up" 2>/dev/null || true # it may not hear Ctrl-C: a shell in the background has its children ignore it
  wait "$up" 2>/dev/null || true
  rm -rf "$data"
  exit "$status"
}
trap finish EXIT
for _ in $(seq 300); do
  grep -q "^page and API: $gateway" "$log" && break
  kill -0 "$up" # ended already: its log says why
  sleep 1
done
curl -fsS "$gateway/ready" >/dev/null

echo "curl: ask and stream"
curl -fsS -N --max-time 60 $gateway/v1/conversations/chat-7/responses \
  -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \
  -d '{"prompt": "What is a tape?"}' >"$data/events"
grep -q '"type":"message_stop"' "$data/events"

echo "curl: go on from an event"
# The first id stands before the first event.
cursor=$(sed -n 's/^id: *//p' "$data/events" | sed -n 6p)
expected=$(($(grep -c '^data:' "$data/events") - 5))
{ curl -sS -N --max-time 5 -H "Last-Event-ID: $cursor" $gateway/v1/conversations/chat-7/events || true; } >"$data/rest" 2>/dev/null
diff <(grep '^data:' "$data/events" | tail -n +6) <(grep '^data:' "$data/rest")
echo "  $expected events, none missing, none twice"

echo "curl: a snapshot, a page, a tool's result"
{ curl -sS -N --max-time 3 "$gateway/v1/conversations/chat-7/events?snapshot=true" || true; } 2>/dev/null |
  grep -q '"type":"snapshot"'
curl -fsS -H 'Accept: application/json' "$gateway/v1/conversations/chat-7/events?after=start&limit=50" |
  grep -q '"events":\[{.*"next":"'
curl -fsS -H 'Accept: application/json' "$gateway/v1/conversations/chat-7/events?wait=1&linger=500" | grep -q '"next":"'
wish='{"prompt": "What does the tool say?", "fallback": {"provider": "anthropic", "model": "claude-haiku-4-5"},
  "tools": [{"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}]}'
curl -fsS "$gateway/v1/conversations/tools/responses" -H 'Content-Type: application/json' -H 'Prefer: wait' \
  -d "$wish" >"$data/called"
response=$(grep -o '"response_id":"[^"]*"' "$data/called" | head -1 | cut -d'"' -f4)
call=$(grep -o '"tool_call_id":"[^"]*"' "$data/called" | head -1 | cut -d'"' -f4)
curl -fsS "$gateway/v1/conversations/tools/tool-results" -H 'Content-Type: application/json' -H 'Prefer: wait' \
  -d "{\"response_id\": \"$response\", \"results\": [{\"tool_call_id\": \"$call\", \"content\": \"21 °C\"}]}" |
  grep -q '"status":"completed"'

echo "tokentape: ask, tail, cancel"
./tokentape ask -c talk "Why is the sky blue?" >"$data/answer" 2>/dev/null
[ -s "$data/answer" ]
./tokentape ask -c talk --provider anthropic "And at night?" >/dev/null 2>&1
{ timeout -s INT 10 ./tokentape tail talk --after start --json || true; } >"$data/tail" 2>/dev/null
[ "$(grep -c '"type":"message_stop"' "$data/tail")" = 2 ]
response=$(curl -fsS $gateway/v1/conversations/talk/responses -H 'Content-Type: application/json' \
  -d '{"prompt": "Never mind", "model": "sim?tps=5&tokens=500"}' | grep -o '"response_id":"[^"]*"' | cut -d'"' -f4)
./tokentape cancel talk "$response" >/dev/null
for _ in $(seq 100); do
  status=$(curl -fsS "$gateway/v1/conversations/talk/responses/$response" | grep -o '"status":"[a-z]*"' | head -1)
  [ "$status" = '"status":"cancelled"' ] && break
  sleep 0.1
done
[ "$status" = '"status":"cancelled"' ]

echo "tokentape: ls, show, a file, JSON, a pipe, completion"
[ "$(./tokentape ls --json | grep -c '"conversation_id":"talk"')" = 1 ]
./tokentape show talk >"$data/shown" 2>/dev/null
grep -q '^> Why is the sky blue?$' "$data/shown" && grep -q '^> And at night?$' "$data/shown"
./tokentape ask --json --system "You are brief." --file README.md --fallback gemini "What is this project?" >"$data/json" 2>/dev/null
grep -q '"status":"completed"' "$data/json" && grep -q '"simulated":true' "$data/json"
echo "Say: through a pipe." | ./tokentape ask - 2>"$data/notes" | grep -qx 'through a pipe.'
grep -q '^\[simulated: ' "$data/notes"
./tokentape ask --json-lines -c talk "Say: in lines." 2>/dev/null | grep -q '"type":"message_stop"'
./tokentape completion bash >"$data/completion"
bash -n "$data/completion"

echo "tokentape: what moderation masks"
./tokentape ask "Say: my card is 4111 1111 1111 1111." >"$data/masked" 2>/dev/null
[ "$(cat "$data/masked")" = "my card is [card number]." ]

echo "tokentape: decode"
printf 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n' |
  ./tokentape decode --api openai-chat-completions - | grep -q '"text":"Hi"'

echo "tokentape: rules, moderate"
./tokentape rules show >"$data/my-rules.yaml"
./tokentape rules check "$data/my-rules.yaml" >/dev/null
echo 'Write to ann@example.org' | ./tokentape moderate --rules "$data/my-rules.yaml" --chunk 3 >"$data/moderated"
[ -s "$data/moderated" ] && ! grep -q 'ann@example.org' "$data/moderated"

echo "the broker that is up, by the line it prints"
attach=$(sed -n 's/^attach: *//p' "$log")
(
  eval "$attach"
  ./tokentape topics >/dev/null
  ./tokentape rules publish --default --if-none | grep -q 'in force already'
  printf '%s\n' 'rules:' '  - {id: no-tapes, category: house, words: [tape], action: block}' >"$data/my-rules.yaml"
  ./tokentape rules publish "$data/my-rules.yaml" >/dev/null
  ./tokentape ask "Say: what a tape is." >"$data/blocked" 2>/dev/null || [ $? = 1 ]
  grep -q 'blocked by rule no-tapes (house)' "$data/blocked"
  ./tokentape rules publish --default >/dev/null
)

echo "docs/services.md: one by one, beside it"
# The blocks of the page: the recipe, and the names for an installation beside another.
block() { awk -v wanted="$1" '/^```sh$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside && n == wanted' docs/services.md; }
# In a shell of its own, so that what it exports ends with it.
one_by_one() {
  eval "$(block 2)"
  while IFS= read -r line; do
    case $line in
      "export KAFKA_BOOTSTRAP_SERVERS="*) eval "$attach" ;;
      "export SCHEMA_REGISTRY_URL="*) ;;
      *" &")
        name=$(awk '{ print $2 }' <<<"$line")
        eval "exec ${line% &}" >"$data/$name.log" 2>&1 </dev/null &
        echo $! >>"$services"
        for _ in $(seq 600); do
          grep -q "ready" "$data/$name.log" && break
          kill -0 $!
          sleep 0.1
        done
        ;;
      *) eval "$line" ;;
    esac
  done < <(block 1)
}
(one_by_one) >"$data/answer" 2>"$data/notes" </dev/null
[ "$(wc -l <"$services")" = 4 ]
[ -s "$data/answer" ]
for port in "${TOKENTAPE_OPERATIONS_PORT:-9400}" "${TOKENTAPE_OPERATIONS_PORT:-9401}"; do
  [ "$port" = 0 ] || curl -fsS "http://127.0.0.1:$port/ready" >/dev/null
done
stop_services
for name in simulator processor producer gateway; do
  grep -q '^stopped$' "$data/$name.log"
done

echo "README: all it shows was done"
