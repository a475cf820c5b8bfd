# Calls of the management API as the worker application. Sourced after server.sh.

# sign_in: sets TOKEN.
sign_in() {
  TOKEN=$(curl -sS --fail-with-body "$AUTH_PATH/$ENV_ID/as/token" -u "$CLIENT_ID:$CLIENT_SECRET" \
    -d grant_type=client_credentials | json access_token)
}

# api METHOD PATH [BODY]: the answer's body; fails unless the status is 2xx.
api() {
  local body=()
  [ $# -lt 3 ] || body=(-H 'Content-Type: application/json' --data "$3")
  curl -sS --fail-with-body -X "$1" "$API_PATH/environments/$ENV_ID/$2" -H "Authorization: Bearer $TOKEN" "${body[@]}"
}

# status METHOD PATH [BODY]: the status alone.
status() {
  local body=()
  [ $# -lt 3 ] || body=(-H 'Content-Type: application/json' --data "$3")
  curl -sS -o /dev/null -w '%{http_code}' -X "$1" "$API_PATH/environments/$ENV_ID/$2" -H "Authorization: Bearer $TOKEN" "${body[@]}"
}
