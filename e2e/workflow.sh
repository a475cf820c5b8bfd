#!/usr/bin/env bash
# The public workflow with plain curl. Variants: dev (inbox), sqlite and postgres (`serve` with a message gateway).
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"
. "$e2e/lib/gateway.sh"

steps() {
  env API_PATH="$API_PATH" AUTH_PATH="$AUTH_PATH" ENV_ID="$ENV_ID" CLIENT_ID="$CLIENT_ID" CLIENT_SECRET="$CLIENT_SECRET" \
    INBOX_URL="$INBOX_URL" bash "$e2e/workflow/steps.sh"
}

authorized_at_gateway() {
  expect "credential at the gateway" \
    "$(curl -sS "$INBOX_URL" | json messages.0.authorization)" "Bearer gateway-token"
}

if [ "$variant" = dev ]; then
  start_dev dev --listen 127.0.0.1:0 --data "$FOLDER/data"
  check "the 19 steps with curl" steps
else
  write_config "$(database_url "$variant")"
  bootstrap
  start_serve
  start_gateway
  sign_in
  send_through_gateway
  check "the 19 steps with curl, the message by way of a gateway" steps
  check "the gateway was given the credential of the settings" authorized_at_gateway
fi
