#!/usr/bin/env bash
# The documentation's request samples for "Set user device (SMS)" in eleven languages, each with the library it is for.
#
# samples/LANGUAGE holds the request as a program with the documentation's {{placeholders}}, and tool.sh, which says
# how it is run. With SAMPLES_PAGE, a saved copy of the documentation page, its own texts are run besides, as printed.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"

npm_packages() { # NAME[@VERSION]...: in $FOLDER/npm
  command -v npm || return
  local name
  for name in "$@"; do
    [ -e "$FOLDER/npm/node_modules/${name%@*}" ] || npm install --prefix "$FOLDER/npm" --no-audit --no-fund --silent "$name"
  done
}

# new_user NAME: sets USER_ID.
new_user() {
  USER_ID=$(api POST users '{"username": "'"$1"'", "email": "'"$1"'@example.com"}' | json id)
}

# filled FILE: prints it with values in place of the placeholders.
filled() {
  sed -e "s#{{apiPath}}#$API_PATH#g" -e "s#{{envID}}#$ENV_ID#g" -e "s#{{MFAUserID}}#$USER_ID#g" \
    -e "s#{{phone}}#+1.5125550134#g" -e "s#{{deviceAuthPolicyID}}#$policy#g" -e "s#{{accessToken}}#$TOKEN#g" "$1"
}

# makes_a_device FILE FOLDER: runs the sample. The user then has exactly one device, and the sample printed it.
makes_a_device() {
  local devices output
  mkdir -p "$2"
  filled "$1" >"$2/$template"
  output=$(cd "$2" && send "$2/$template")
  echo "$output"
  devices=$(api GET "users/$USER_ID/devices")
  expect "devices of the user" "$(json count <<<"$devices")" 1
  expect "type" "$(json _embedded.devices.0.type <<<"$devices")" SMS
  expect "status" "$(json _embedded.devices.0.status <<<"$devices")" ACTIVE
  expect "phone" "$(json _embedded.devices.0.phone <<<"$devices")" +15125550134
  judge "$output" "$(json _embedded.devices.0.id <<<"$devices")"
}

judge() { contains "what the sample printed" "$1" "$2"; } # OUTPUT DEVICE

# sample LANGUAGE: runs it, or says why not.
sample() {
  local language=$1
  template="" needs="network access to its packages"
  # shellcheck disable=SC1090
  . "$e2e/samples/$language/tool.sh"
  if ! ready >/dev/null; then
    skip "$language" "its tools are not here ($needs); e2e/run --samples all installs what it can"
    return
  fi
  new_user "$language"
  check "$language" makes_a_device "$e2e/samples/$language/$template" "$FOLDER/$language"
  if [ -n "${SAMPLES_PAGE:-}" ] && [ "$language" != php ]; then
    new_user "$language-as-printed"
    check "$language, as printed" makes_a_device "$FOLDER/page/$language" "$FOLDER/$language-as-printed"
  fi
}

# PHP does not turn \n into a line break between single quotes, so the documentation's sample sends no JSON.
backslashes_are_refused() {
  local answer
  answer=$(curl -sS -w '\n%{http_code}' "$API_PATH/environments/$ENV_ID/users/$USER_ID/devices" -H 'Content-Type: application/json' \
    -H "Authorization: Bearer $TOKEN" --data '{\n "type": "SMS",\n "phone": "+1.5125550134",\n "policy": {\n "id": "'"$policy"'"\n }\n}')
  echo "$answer"
  expect "status" "$(tail -n 1 <<<"$answer")" 400
  expect "code" "$(head -n 1 <<<"$answer" | json code)" INVALID_REQUEST
  expect "devices of the user" "$(api GET "users/$USER_ID/devices" | json count)" 0
}

start_dev dev --listen 127.0.0.1:0 --ephemeral
sign_in
policy=$(api GET deviceAuthenticationPolicies | json _embedded.deviceAuthenticationPolicies.0.id)
if [ -n "${SAMPLES_PAGE:-}" ]; then
  mkdir "$FOLDER/page"
  python3 "$e2e/samples/extract.py" "$SAMPLES_PAGE" "$FOLDER/page"
fi

for language in curl http python nodejs jquery java ruby php go; do sample "$language"; done
skip csharp "RestSharp needs .NET, which Debian does not have"
skip swift "its compiler is not in Debian"
new_user php-body
check "the body of the PHP sample as printed, which is no JSON, is refused" backslashes_are_refused
