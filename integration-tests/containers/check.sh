#!/usr/bin/env bash
# Brings docker-compose.yml up, asks a question through the gateway, reads the answer as a stream and again from the
# middle, looks at the schemas in the registry, and takes everything down again. Needs a Docker engine and what
# `./mvnw package` makes; without an engine it says so and ends well.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! docker info >/dev/null 2>&1; then
  echo "skipped: no Docker engine answers here"
  exit 0
fi
if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
compose+=(--project-name tokentape-check)
gateway=http://127.0.0.1:8080

finish() {
  status=$?
  [ "$status" = 0 ] || "${compose[@]}" logs --tail 40 || true
  "${compose[@]}" down --volumes --timeout 20 >/dev/null 2>&1 || true
  exit "$status"
}
trap finish EXIT

"${compose[@]}" up --build --detach
for _ in $(seq 120); do
  curl -fsS "$gateway/ready" >/dev/null 2>&1 && break
  sleep 1
done
curl -fsS "$gateway/ready" >/dev/null

echo "asking"
events=$(curl -fsS -N --max-time 60 "$gateway/v1/conversations/compose/responses" \
  -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \
  -d '{"prompt": "What is a tape?", "model": "sim?tps=200&tokens=40&ttft=20"}')
grep -q '"type":"message_stop"' <<<"$events"
# The first id stands before the first event.
cursor=$(sed -n 's/^id: *//p' <<<"$events" | sed -n 11p)
response=$(grep -o '"response_id":"[^"]*"' <<<"$events" | head -1 | cut -d'"' -f4)

echo "resuming after the tenth event"
rest=$(curl -fsS -N --max-time 60 -H "Last-Event-ID: $cursor" \
  "$gateway/v1/conversations/compose/responses/$response/events")
diff <(grep '^data:' <<<"$events" | tail -n +11) <(grep '^data:' <<<"$rest")

echo "the rules that come with it"
curl -fsS --max-time 60 "$gateway/v1/conversations/rules/responses" -H 'Content-Type: application/json' \
  -H 'Prefer: wait' -d '{"prompt": "Say: my card is 4111 1111 1111 1111.", "model": "sim?tps=200&ttft=20"}' |
  grep -q 'my card is \[card number\]'

echo "reading the stored conversation"
curl -fsS "$gateway/v1/conversations/compose" | grep -q "$response"

echo "reading the registry"
curl -fsS http://127.0.0.1:8085/apis/ccompat/v7/subjects | grep -q '"llm.tokens-value"'
curl -fsS http://127.0.0.1:8085/apis/ccompat/v7/config/llm.tokens-value | grep -q FULL_TRANSITIVE

echo "containers: all well ($(grep -c '^data:' <<<"$events") events)"
