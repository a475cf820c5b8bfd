#!/usr/bin/env bash
# The hosted pages in a real browser, with its virtual authenticator: what a person sees and a script cannot skip.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"

if ! browser=$(command -v chromium || command -v google-chrome); then
  skip "sign-on with a passkey" "there is no Chromium"
  exit 0
fi

python3 -m venv "$FOLDER/venv" && "$FOLDER/venv/bin/pip" install --quiet --disable-pip-version-check websocket-client

export TMPDIR=$FOLDER/tmp
mkdir "$TMPDIR"
start_dev dev --listen "127.0.0.1:$(free_port)" --ephemeral
export API_PATH AUTH_PATH ENV_ID CLIENT_ID CLIENT_SECRET INBOX_URL

signs_on_with_a_passkey() {
  "$FOLDER/venv/bin/python" "$e2e/browser/passkey.py" --browser "$browser" --screens "${SCREENS:-$FOLDER}"
}

check "sign-on with a passkey" signs_on_with_a_passkey
