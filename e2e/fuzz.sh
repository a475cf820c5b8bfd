#!/usr/bin/env bash
# Requests that schemathesis makes up from the server's own description, /openapi.json: valid ones, and ones that are
# wrong in one place. Whatever is sent, the answer is no failure of the server, and one that the description announces.
#
# The same requests every time: no chance is in them, and the ids of the server come from a seed.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"

# Kept for the next run.
venv=$e2e/../target/e2e/schemathesis
if ! [ -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
fi
export HYPOTHESIS_STORAGE_DIRECTORY=$FOLDER/hypothesis

# It asks another server, which cannot be reached from here.
asks_elsewhere='/v1/environments/{envID}/notificationsSettings/instantMessagingDeliverySettings/whatsApp'

fuzz() { # OPTION...: leaves a report of every failure, with the request as a curl command
  (cd "$FOLDER" && timeout -k 5 300 "$venv/bin/schemathesis" --config-file "$FOLDER/schemathesis.toml" run "$ADDRESS/openapi.json" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --phases examples,fuzzing --max-examples "${EXAMPLES:-5}" --generation-deterministic --no-shrink \
    --suppress-health-check all --warnings off --continue-on-failure --request-timeout 20 \
    --no-color --exclude-path "$asks_elsewhere" "$@")
}

unharmed() {
  expect "ready" "$(curl -sS "$ADDRESS/health/ready" | json status)" UP
  lacks "what the server said" "$(cat "$FOLDER/dev.out")" panicked
}

start_dev dev --listen "127.0.0.1:$(free_port)" --ephemeral --seed 7
export API_PATH AUTH_PATH ENV_ID CLIENT_ID CLIENT_SECRET
python3 "$e2e/fuzz/prepare.py" "$FOLDER/schemathesis.toml"
check "reads and writes are answered as described" fuzz --exclude-method DELETE
check "deletions are answered as described" fuzz --include-method DELETE --exclude-path '/v1/environments/{envID}'
check "afterwards the server is as before" unharmed
