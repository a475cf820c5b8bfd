#!/usr/bin/env bash
# Requests that no client should send. Each gets an answer that says so, and the server takes no harm.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"

answered() { grep -xF "passed $1" "$FOLDER/answers" || { grep -F "failed $1:" "$FOLDER/answers"; return 1; }; }

unharmed() {
  expect "ready" "$(curl -sS "$ADDRESS/health/ready" | json status)" UP
  expect "users, none of which a refused request made" "$(api GET users | json count)" 0
  lacks "what the server said" "$(cat "$FOLDER/dev.out")" panicked
}

start_dev dev --listen 127.0.0.1:0 --ephemeral
sign_in
AUTH_PATH=$AUTH_PATH ENV_ID=$ENV_ID TOKEN=$TOKEN python3 "$e2e/hostile/requests.py" >"$FOLDER/answers"
while read -r _ name; do
  name=${name%%: expected*}
  check "$name" answered "$name"
done <"$FOLDER/answers"
check "afterwards the server is as before, and nothing was written" unharmed
