#!/usr/bin/env bash
# `postern dev`, as a newcomer meets it.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"

export TMPDIR=$FOLDER/tmp
mkdir "$TMPDIR"
names="API_PATH AUTH_PATH ENV_ID CLIENT_ID CLIENT_SECRET INBOX_URL"

values() { local name; for name in $names; do echo "$name=${!name}"; done; }

# phone_user NAME: a user with a device that waits for its code; prints user, device and code.
phone_user() {
  local user device phone=+15125550177
  user=$(api POST users '{"username": "'"$1"'", "email": "'"$1"'@example.com"}' | json id)
  api PUT "users/$user/mfaEnabled" '{"mfaEnabled": true}' >/dev/null
  device=$(api POST "users/$user/devices" '{"type": "SMS", "phone": "'$phone'", "status": "ACTIVATION_REQUIRED"}' | json id)
  echo "$user $device $(curl -sS --fail-with-body --get "$INBOX_URL" --data-urlencode "to=$phone" -d wait=10s | json messages.0.otp)"
}

sourced_file_is_the_same() {
  local sourced
  sourced=$(env -i PATH="$PATH" bash -euc '. "$1"; for name in $2; do echo "$name=${!name}"; done' - "$FOLDER/data/dev.env" "$names")
  expect "values of dev.env" "$sourced" "$(values)"
  expect "mode of dev.env" "$(stat -c %a "$FOLDER/data/dev.env")" 600
}

printed_commands_work() {
  local commands answer
  commands=$(grep -E "^(source|TOKEN=|curl) ?" "$FOLDER/first.out")
  expect "number of commands" "$(wc -l <<<"$commands")" 3
  answer=$(cd "$FOLDER" && env -i PATH="$PATH" NO_PROXY='*' bash -euc "$commands")
  expect "id" "$(json id <<<"$answer")" "$ENV_ID"
  expect "type" "$(json type <<<"$answer")" SANDBOX
}

same_as_before() {
  expect "values" "$(values)" "$1"
  sign_in
  expect "users of the first start" "$(api GET "users?filter=username%20eq%20%22kept%22" | json count)" 1
}

long_poll_ends() {
  local begun=$SECONDS
  expect "messages for nobody" "$(curl -sS --get "$INBOX_URL" --data-urlencode to=+15125550199 -d wait=1s)" '{"messages":[]}'
  [ $((SECONDS - begun)) -le 4 ] || { echo "it waited $((SECONDS - begun)) s instead of one"; return 1; }
}

long_poll_wakes() {
  local begun=$SECONDS waiting
  curl -sS --get "$INBOX_URL" --data-urlencode to=+15125550177 -d wait=20s >"$FOLDER/poll.out" &
  waiting=$!
  phone_user waker >/dev/null
  wait "$waiting"
  contains "the answer of the long poll" "$(cat "$FOLDER/poll.out")" '"otp":'
  [ $((SECONDS - begun)) -lt 15 ] || { echo "it took $((SECONDS - begun)) s"; return 1; }
}

inbox_is_guarded() {
  expect "another origin" "$(curl -sS -o /dev/null -w '%{http_code}' -H 'Origin: https://elsewhere.example' "$INBOX_URL")" 403
  expect "its own page" "$(curl -sSL -o /dev/null -w '%{http_code}' "$ADDRESS/sandbox")" 200
}

ends_while_polled() {
  curl -sS --get "$INBOX_URL" --data-urlencode to=+15125550198 -d wait=30s >/dev/null &
  sleep 0.3
  kill -TERM "$SERVER"
  until_true 5 gone
}
gone() { ! kill -0 "$SERVER"; }

nothing_in_tmp() { expect "temporary files" "$(ls -A "$TMPDIR")" ""; }

# seeded SEED NAME: what a fresh server makes of a seed; ends it again.
seeded() {
  start_dev "$2" --listen "127.0.0.1:$port" --ephemeral --seed "$1" || return 1
  sign_in && values && phone_user seeded
  kill -TERM "$SERVER"
  wait "$SERVER"
}

same_seed() {
  seeded 7 seven >"$FOLDER/seed-7"
  seeded 7 seven-again >"$FOLDER/seed-7-again"
  cat "$FOLDER/seed-7"
  diff "$FOLDER/seed-7" "$FOLDER/seed-7-again"
  grep -qE '^[0-9a-f-]{36} [0-9a-f-]{36} [0-9]{6}$' "$FOLDER/seed-7"
}

other_seed() {
  seeded 8 eight >"$FOLDER/seed-8"
  grep -vE '^(API|AUTH)_PATH' "$FOLDER/seed-8" | while read -r line; do
    lacks "seed 7" "$(cat "$FOLDER/seed-7")" "$line"
  done
}

port_taken() {
  local said code=0
  said=$("$POSTERN" dev --listen "127.0.0.1:$port" --ephemeral 2>&1) || code=$?
  expect "code" "$code" 1
  contains "what it says" "$said" "127.0.0.1:$port"
}

port=$(free_port)
start_dev first --listen "127.0.0.1:$port" --data "$FOLDER/data"
first=$(values)
check "dev.env says in a shell what was printed" sourced_file_is_the_same
check "the printed commands work when pasted" printed_commands_work
check "a port in use is named" port_taken
sign_in
api POST users '{"username": "kept", "email": "kept@example.com"}' >/dev/null
check "the inbox answers a long poll when its time is up" long_poll_ends
check "the inbox answers a long poll when a message comes" long_poll_wakes
check "the inbox is not for pages of other origins" inbox_is_guarded
check "SIGTERM ends it while somebody waits for a message" ends_while_polled
code=0; wait "$SERVER" || code=$?
check "it ends with code 0" expect "code" "$code" 0

start_dev second --listen "127.0.0.1:$port" --data "$FOLDER/data"
check "a second start has the same values and data" same_as_before "$first"
kill -INT "$SERVER"
code=0; wait "$SERVER" || code=$?
check "SIGINT ends it with code 0 too" expect "code" "$code" 0

check "a seed gives the same ids, secret and code every time" same_seed
check "another seed gives others" other_seed
check "--ephemeral leaves nothing" nothing_in_tmp
