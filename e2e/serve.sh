#!/usr/bin/env bash
# `postern serve` and the commands around it, as an operator meets them.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"

# refused WORDS COMMAND...: the command fails and says these words on standard error.
refused() {
  local words=$1 said code=0
  shift
  said=$("$@" 2>&1 >"$FOLDER/refused.out") || code=$?
  echo "code $code: $said"
  [ "$code" != 0 ] || { echo "it was not refused"; return 1; }
  contains "what it says" "$said" "$words"
  lacks "what it says" "$said" "panicked"
}

example_is_good() { "$POSTERN" config example | "$POSTERN" config check --config -; }

wrong_key_is_named() {
  sed 's/^listen/lisen/' "$CONFIG" >"$FOLDER/wrong.toml"
  refused "$FOLDER/wrong.toml" "$POSTERN" config check --config "$FOLDER/wrong.toml"
  refused "server.lisen" "$POSTERN" config check --config "$FOLDER/wrong.toml"
  refused "server.lisen" "$POSTERN" serve --config "$FOLDER/wrong.toml"
  POSTERN__SERVER__LISEN=x refused "POSTERN__SERVER__LISEN" "$POSTERN" config check --config "$CONFIG"
}

several_faults_are_told_at_once() {
  sed -e 's/^drain_seconds.*/drain_seconds = -1/' -e 's/^allow_private.*/allow_private = "perhaps"/' "$CONFIG" >"$FOLDER/wrong.toml"
  refused "drain_seconds" "$POSTERN" config check --config "$FOLDER/wrong.toml"
  refused "allow_private" "$POSTERN" config check --config "$FOLDER/wrong.toml"
}

missing_file_is_named() { refused "$FOLDER/none.toml" "$POSTERN" serve --config "$FOLDER/none.toml"; }

old_schema_is_refused() { refused "postern migrate" timeout 20 "$POSTERN" serve --config "$CONFIG"; }

doctor_code() { # WANTED WORDS
  local code=0 said
  said=$("$POSTERN" doctor --config "$CONFIG") || code=$?
  echo "$said"
  expect "code of doctor" "$code" "$1"
  contains "doctor" "$said" "$2"
}

credentials_work() {
  contains "output of bootstrap" "$(cat "$FOLDER/bootstrap.out")" "CLIENT_SECRET="
  sign_in
  expect "name" "$(curl -sS --fail-with-body "$API_PATH/environments/$ENV_ID" -H "Authorization: Bearer $TOKEN" | json id)" "$ENV_ID"
}

second_bootstrap() {
  refused "bootstrapped before" "$POSTERN" bootstrap --config "$CONFIG"
  lacks "what it prints" "$(cat "$FOLDER/refused.out")" "CLIENT_SECRET"
}

http_status() { curl -sS -o /dev/null -w '%{http_code}' "$@"; }

healthy() {
  expect "live" "$(http_status "$ADDRESS/health/live")" 200
  expect "ready" "$(curl -sS "$ADDRESS/health/ready" | json status)" UP
}

figures_elsewhere() {
  expect "metrics on the main address" "$(http_status "$ADDRESS/metrics")" 404
  contains "figures" "$(curl -sS --fail-with-body "$METRICS/metrics")" "# TYPE postern_"
  expect "the API on the address of the figures" "$(http_status "$METRICS/v1/environments/$ENV_ID")" 404
}

no_sandbox() {
  local path
  for path in /sandbox "/sandbox/environments/$ENV_ID" "/sandbox/environments/$ENV_ID/messages"; do
    expect "$path" "$(http_status "$ADDRESS$path")" 404
  done
}

port_in_use() { refused "${ADDRESS#http://}" timeout 20 "$POSTERN" serve --config "$CONFIG"; }

second_server_on_one_file() {
  refused "database" timeout 30 env POSTERN__SERVER__LISTEN="127.0.0.1:$(free_port)" POSTERN__METRICS__LISTEN="127.0.0.1:$(free_port)" \
    "$POSTERN" serve --config "$CONFIG"
  healthy
}

psql_superuser() { "$PSQL" -q "${POSTGRES_URL%/*}/postgres" -c "$1"; }

database_away() {
  local name=${POSTGRES_URL##*/}
  psql_superuser "ALTER DATABASE $name ALLOW_CONNECTIONS false"
  psql_superuser "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name'"
  expect "ready without a database" "$(http_status "$ADDRESS/health/ready")" 503
  expect "live without a database" "$(http_status "$ADDRESS/health/live")" 200
  expect "a request without a database" "$(status GET users)" 503
  psql_superuser "ALTER DATABASE $name ALLOW_CONNECTIONS true"
  until_true 10 curl -sf "$ADDRESS/health/ready" || { echo "it does not find back to its database"; return 1; }
  expect "a request with the database again" "$(status GET users)" 200
}

drains() {
  sign_in
  python3 "$e2e/serve/drain.py" "$SERVER" "$ADDRESS" "/v1/environments/$ENV_ID/users" "$TOKEN"
}

is_gone() { ! kill -0 "$SERVER"; }

same_data() {
  expect "the user of the drained request" "$(api GET "users?filter=username%20eq%20%22drained%22" | json count)" 1
  expect "status with the token of before" "$(status GET users)" 200
}

gives_up_waiting() {
  local begun=$SECONDS
  sign_in
  python3 "$e2e/serve/unfinished.py" "$ADDRESS" "/v1/environments/$ENV_ID/users" "$TOKEN" >"$FOLDER/unfinished.out" &
  until_true 10 grep -q begun "$FOLDER/unfinished.out"
  kill -TERM "$SERVER"
  until_true 8 is_gone || { echo "the server is still there"; return 1; }
  echo "it took $((SECONDS - begun)) s"
}

nothing_secret() {
  local log
  log=$(cat "$FOLDER/serve.log")
  lacks "the log" "$log" "$CLIENT_SECRET"
  lacks "the log" "$log" "$TOKEN"
  lacks "the log" "$log" "$(tail -n 1 "$FOLDER/master.key" | cut -c1-20)"
}

other_master_key() {
  "$POSTERN" keys make "$FOLDER/other.key"
  POSTERN__SECRETS__MASTER_KEY_FILE=$FOLDER/other.key doctor_code 1 "do not open with the master keys"
}

key_file_is_private() { expect "mode of the key file" "$(stat -c %a "$FOLDER/master.key")" 600; }

metrics_port=$(free_port)
METRICS=http://127.0.0.1:$metrics_port
write_config "$(database_url "$variant")" "[metrics]" "listen = \"127.0.0.1:$metrics_port\""

check "the example configuration is good" example_is_good
check "a wrong key is refused with its file and name" wrong_key_is_named
check "several faults of a file are told at once" several_faults_are_told_at_once
check "a missing file is named" missing_file_is_named
check "a key file is for its owner alone" key_file_is_private
check "serve refuses a database whose schema is behind" old_schema_is_refused
check "doctor fails on a schema that is behind" doctor_code 1 "postern migrate"

bootstrap
check "doctor is content after bootstrap" doctor_code 0 "open with the master keys"
check "doctor fails with other master keys" other_master_key
check "a second bootstrap is refused and prints no secret" second_bootstrap

start_serve
sign_in
check "the printed credentials work" credentials_work
check "it is live and ready" healthy
check "figures are on an address of their own" figures_elsewhere
check "there is no sandbox" no_sandbox
check "a port in use is named" port_in_use
[ "$variant" != sqlite ] || check "a second server on one SQLite file is refused" second_server_on_one_file
[ "$variant" != postgres ] || check "it outlives the loss of its database" database_away

check "SIGTERM: the request in flight is answered, no other is taken" drains
code=0; wait "$SERVER" || code=$?
check "SIGTERM: it ends at once with code 0 and says so" expect "code" "$code" 0
check "SIGTERM: its last words are that it stopped" contains "log" "$(tail -n 1 "$FOLDER/serve.log")" "stopped"
check "SIGTERM: nobody was cut off, and an idle connection did not hold it up" lacks "log" "$(cat "$FOLDER/serve.log")" "cut off"

start_serve
check "a second start serves the same data to the same token" same_data
kill -INT "$SERVER"
code=0; wait "$SERVER" || code=$?
check "SIGINT ends it with code 0 too" expect "code" "$code" 0

export POSTERN__SERVER__DRAIN_SECONDS=1
start_serve
check "a request that never ends holds it up no longer than drain_seconds" gives_up_waiting
check "it says that it was cut off" contains "log" "$(cat "$FOLDER/serve.log")" "cut off"
check "its log holds no secret" nothing_secret
