#!/usr/bin/env bash
# Sign-on, refresh and sign-off with an OpenID Connect client that others wrote: `openid-client` for Node.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"

answered() { grep -xF "passed $1" "$FOLDER/answers" || { grep -F "failed $1:" "$FOLDER/answers"; return 1; }; }
recent_node() { [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]; }

if ! command -v npm >/dev/null || ! recent_node; then
  skip "an OpenID Connect client by others" "there is no Node of version 20 or later"
  exit 0
fi

# Kept for the next run.
PACKAGES=$e2e/../target/e2e/npm
[ -e "$PACKAGES/node_modules/openid-client" ] || npm install --prefix "$PACKAGES" --no-audit --no-fund --silent openid-client@6.9.0
PACKAGES=$(realpath "$PACKAGES")

start_dev dev --listen 127.0.0.1:0 --ephemeral
export PACKAGES API_PATH AUTH_PATH ENV_ID CLIENT_ID CLIENT_SECRET INBOX_URL
node "$e2e/oidc/client.mjs" >"$FOLDER/answers"
while read -r _ name; do
  name=${name%%: *}
  check "$name" answered "$name"
done <"$FOLDER/answers"
