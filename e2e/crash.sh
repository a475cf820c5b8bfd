#!/usr/bin/env bash
# Kills the server under load, three times, and looks whether it keeps what it answered.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"
. "$e2e/lib/gateway.sh"

write_config "$(database_url "$variant")" "[log]" 'level = "warn"'
bootstrap
start_serve
start_gateway --refuse-every 10
sign_in
send_through_gateway >/dev/null
export AUTH_PATH ENV_ID TOKEN
application=$(python3 "$e2e/crash/prepare.py")

under_load() { # ROUND
  python3 "$e2e/crash/load.py" "$FOLDER/ledger-$1" "$application" "$GATEWAY" "$1" &
  local load=$!
  sleep 2.5
  # The message that is not answered has to be on its way, of which only the first round has one.
  until_true 10 test -s "$FOLDER/gateway/held" || { echo "the gateway was not given the message to hold"; return 1; }
  kill -0 "$load" || { echo "the load ended before the kill"; return 1; }
  kill -9 "$SERVER"
  wait "$load"
}

sound() { "$POSTERN" doctor --config "$CONFIG"; }

for round in 1 2 3; do
  check "kill $round: until then every answer was as it should be" under_load "$round"
  wait "$SERVER" 2>/dev/null || true
  check "kill $round: doctor finds the database sound" sound
  start_serve
done

verify() { python3 "$e2e/crash/verify.py" "$1" "$application" "$FOLDER/gateway/messages.jsonl" "$FOLDER"/ledger-*; }

check "no authorization code is redeemed twice" verify redeemed
check "no one-time code is accepted twice" verify once
check "wrong codes before the kill still count" verify counted
check "every device whose creation was answered is there" verify devices
check "every message of an answered request reaches the gateway, those on their way at the kill a second time" verify delivered
