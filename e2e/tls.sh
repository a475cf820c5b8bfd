#!/usr/bin/env bash
# https: `postern dev --tls` with the names and values that it prints, and `postern serve` whose certificate is replaced.
. "$(dirname "$0")/lib/test.sh"
. "$e2e/lib/server.sh"
. "$e2e/lib/worker.sh"

port=$(free_port)
names="API_PATH AUTH_PATH ENV_ID CLIENT_ID CLIENT_SECRET INBOX_URL PINGONE_API_SERVICE_HOSTNAME PINGONE_AUTH_SERVICE_HOSTNAME
  PINGONE_CLIENT_ID PINGONE_CLIENT_SECRET PINGONE_ENVIRONMENT_ID PINGONE_REGION_CODE SSL_CERT_FILE NODE_EXTRA_CA_CERTS"

values() { local name; for name in $names; do echo "$name=${!name}"; done; }

# over_tls HOST ARGUMENT...: curl, for which only this authority counts and the name is this host.
over_tls() {
  local host=$1
  shift
  env -u SSL_CERT_FILE curl -sS --cacert "$AUTHORITY" --resolve "$host:$port:127.0.0.1" "$@"
}

what_sdks_want_is_exported() {
  expect "API" "$PINGONE_API_SERVICE_HOSTNAME" "api.postern.localhost:$port"
  expect "authorization service" "$PINGONE_AUTH_SERVICE_HOSTNAME" "auth.postern.localhost:$port"
  expect "client" "$PINGONE_CLIENT_ID $PINGONE_CLIENT_SECRET" "$CLIENT_ID $CLIENT_SECRET"
  expect "environment" "$PINGONE_ENVIRONMENT_ID $PINGONE_REGION_CODE" "$ENV_ID NA"
  expect "authority" "$SSL_CERT_FILE" "$FOLDER/data/tls/ca.pem"
  contains "what it says of the port" "$(cat "$FOLDER/first.out")" "take no port"
}

sourced_file_is_the_same() {
  local sourced
  sourced=$(env -i PATH="$PATH" bash -euc '. "$1"; for name in $2; do echo "$name=${!name}"; done' - "$FOLDER/data/dev.env" "$names")
  expect "values of dev.env" "$sourced" "$(values)"
}

names_are_served() {
  local version token
  version=$(over_tls auth.postern.localhost -o "$FOLDER/token" -w '%{http_version}' "$AUTH_PATH/$ENV_ID/as/token" \
    -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials)
  if curl --version | grep -q HTTP2; then expect "version of HTTP" "$version" 2; fi
  token=$(json access_token <"$FOLDER/token")
  over_tls api.postern.localhost -f --http1.1 "$API_PATH/environments/$ENV_ID" -H "Authorization: Bearer $token" >"$FOLDER/environment"
  expect "self link" "$(json _links.self.href <"$FOLDER/environment")" "$API_PATH/environments/$ENV_ID"
  over_tls localhost -f "$INBOX_URL" >/dev/null
}

pasted_file_is_enough() {
  env -i PATH="$PATH" NO_PROXY='*' bash -euc '. "$1"
    curl -sS --fail-with-body --resolve "${PINGONE_AUTH_SERVICE_HOSTNAME}:127.0.0.1" \
      "https://$PINGONE_AUTH_SERVICE_HOSTNAME/$PINGONE_ENVIRONMENT_ID/as/token" \
      -u "$PINGONE_CLIENT_ID:$PINGONE_CLIENT_SECRET" -d grant_type=client_credentials' - "$FOLDER/data/dev.env" | json access_token >/dev/null
}

strangers_do_not_trust_it() {
  if env -u SSL_CERT_FILE curl -sS --resolve "api.postern.localhost:$port:127.0.0.1" "$API_PATH/environments" 2>"$FOLDER/refused"; then
    echo "curl trusts it"
    return 1
  fi
  contains "what curl says" "$(cat "$FOLDER/refused")" certificate
}

keys_are_private() {
  local key
  for key in ca.key server.key; do expect "mode of $key" "$(stat -c %a "$FOLDER/data/tls/$key")" 600; done
}

low_port_is_explained() {
  local said code=0
  if [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -le 443 ]; then echo "every port is free here"; return; fi
  said=$(setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all "$POSTERN" dev --tls --ephemeral 2>&1) || code=$?
  echo "$said"
  expect "code" "$code" 1
  for way in "setcap cap_net_bind_service=+ep" ip_unprivileged_port_start "--listen 127.0.0.1:8443"; do
    contains "what it says" "$said" "$way"
  done
}

same_authority() {
  expect "authority" "$(cat "$SSL_CERT_FILE")" "$1"
  expect "values" "$(values)" "$2"
  names_are_served
}

start_dev first --tls --listen "127.0.0.1:$port" --data "$FOLDER/data"
AUTHORITY=$SSL_CERT_FILE first=$(values) authority=$(cat "$SSL_CERT_FILE")
check "what PingOne's SDKs want is exported" what_sdks_want_is_exported
check "dev.env says in a shell what was printed" sourced_file_is_the_same
check "each name is served, by HTTP/2 and HTTP/1.1" names_are_served
check "with dev.env pasted, the authority is trusted" pasted_file_is_enough
check "without it, it is not" strangers_do_not_trust_it
check "only the owner may read the keys" keys_are_private
check "a port below 1024 that may not be had is explained" low_port_is_explained
stop_server
start_dev second --tls --listen "127.0.0.1:$port" --data "$FOLDER/data"
check "a second start has the same authority and values" same_authority "$authority" "$first"
cp -r "$FOLDER/data/tls" "$FOLDER/old"
stop_server
start_dev third --tls --listen "127.0.0.1:$port" --data "$FOLDER/data" --api-host pingone.test --auth-host pingone.test
one_name() {
  expect "hosts" "$PINGONE_API_SERVICE_HOSTNAME $PINGONE_AUTH_SERVICE_HOSTNAME" "pingone.test:$port pingone.test:$port"
  expect "status" "$(over_tls pingone.test -o /dev/null -w '%{http_code}' "https://pingone.test:$port/$ENV_ID/as/jwks")" 200
  expect "status" "$(over_tls pingone.test -o /dev/null -w '%{http_code}' "$API_PATH/environments")" 401
}
check "one name may serve both" one_name
cp -r "$FOLDER/data/tls" "$FOLDER/new"
stop_server

# The server of the second part has the certificate of the first names, and gets that of the other name while it runs.
install -m 600 "$FOLDER/old/server.pem" "$FOLDER/serve.crt"
install -m 600 "$FOLDER/old/server.key" "$FOLDER/serve.key"
write_config "sqlite:$FOLDER/postern.db" "[tls]" "certificate = \"$FOLDER/serve.crt\"" "private_key = \"$FOLDER/serve.key\""
port=${ADDRESS##*:}
"$POSTERN" migrate --config "$CONFIG"
"$POSTERN" serve --config "$CONFIG" >"$FOLDER/serve.log" 2>&1 3>&- &
SERVER=$!
children+=("$SERVER")

ready_as() { over_tls "$1" -f "https://$1:$port/health/ready"; }

broken_one_stays_out() {
  cp "$FOLDER/new/server.pem" "$FOLDER/serve.crt"
  kill -HUP "$SERVER"
  until_true 5 grep -q "the old one stays" "$FOLDER/serve.log" || { cat "$FOLDER/serve.log"; return 1; }
  ready_as api.postern.localhost
}

new_one_is_taken() {
  cp "$FOLDER/new/server.key" "$FOLDER/serve.key"
  kill -HUP "$SERVER"
  until_true 5 ready_as pingone.test || { cat "$FOLDER/serve.log"; return 1; }
  ! ready_as api.postern.localhost
}

doctor_looks_at_the_names() {
  contains "doctor" "$(POSTERN__SERVER__PUBLIC_AUTH_URL=https://elsewhere.example "$POSTERN" doctor --config "$CONFIG" || true)" \
    "the certificate is not for elsewhere.example"
}

check "serve speaks TLS with the files of its configuration" until_true 20 ready_as api.postern.localhost
check "a certificate without its key leaves the old one" broken_one_stays_out
check "a new certificate is taken while the server runs" new_one_is_taken
stop_server
check "doctor tells that the certificate is for other names" doctor_looks_at_the_names
