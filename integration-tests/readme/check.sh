#!/usr/bin/env bash
# Does what the README shows, word for word where it can: starts Tokentape with `./tokentape up`, asks and streams with
# curl, resumes by Last-Event-ID, asks, tails and cancels on the command line, and ends it with Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/../.."

data=$(mktemp -d)
gateway=http://127.0.0.1:8080
log=$data/up.log
set -m
./tokentape up --data "$data/tape" >"$log" 2>&1 &
up=$!
finish() {
  status=$?
  [ "$status" = 0 ] || { echo "the README check failed; the log of ./tokentape up:"; tail -20 "$log"; }
  kill -INT "$up" 2>/dev/null || true
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
cursor=$(sed -n 's/^id: *//p' "$data/events" | sed -n 5p)
expected=$(($(grep -c '^id:' "$data/events") - 5))
{ curl -sS -N --max-time 5 -H "Last-Event-ID: $cursor" $gateway/v1/conversations/chat-7/events || true; } >"$data/rest" 2>/dev/null
diff <(grep '^data:' "$data/events" | tail -n +6) <(grep '^data:' "$data/rest")
echo "  $expected events, none missing, none twice"

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

echo "topics, through the broker that is up"
broker=$(sed -n 's/^Kafka: *//p' "$log")
KAFKA_BOOTSTRAP_SERVERS=$broker ./tokentape topics --set topics.partitions=4 >/dev/null

echo "README: all it shows was done"
