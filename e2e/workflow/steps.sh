#!/usr/bin/env bash
# PingOne's workflow "Create an MFA transaction approval using SMS" with plain curl, in its 19 steps.
#
# Needs API_PATH, AUTH_PATH, ENV_ID, CLIENT_ID, CLIENT_SECRET and INBOX_URL, as `postern dev` writes them to dev.env.
# Python reads JSON and signs the request; any other tool would do.
set -euo pipefail

now=$(date +%s%N)
phone=+1512555$(printf '%04d' $((RANDOM % 10000)))
cookies=$(mktemp)
trap 'rm -f "$cookies"' EXIT

say() { printf '%2s. %s\n' "$1" "$2"; }
api() { curl -sS --fail-with-body "$API_PATH/environments/$ENV_ID/$1" -H "Authorization: Bearer $token" "${@:2}"; }
body=(-H 'Content-Type: application/json' --data)
# get PATH: a member of the JSON on standard input. named LIST NAME: the id of the one with that name.
get() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
named() { python3 -c "import json, sys; print(next(one['id'] for one in json.load(sys.stdin)['_embedded']['$1'] if one['name'] == '$2'))"; }

say 0 "Get a token for the worker"
token=$(curl -sS --fail-with-body "$AUTH_PATH/$ENV_ID/as/token" -u "$CLIENT_ID:$CLIENT_SECRET" \
  -d grant_type=client_credentials | get "['access_token']")

say 1 "Create an application"
application=$(api applications "${body[@]}" '{
  "enabled": true, "name": "UseCaseMFAWebApp_'$now'", "description": "OIDC application for the MFA use case",
  "type": "WEB_APP", "protocol": "OPENID_CONNECT", "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"],
  "redirectUris": ["https://www.example.com"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
  "pkceEnforcement": "OPTIONAL"
}' | get "['id']")

say 2 "Get the application secret"
secret=$(api "applications/$application/secret" | get "['secret']")

say 3 "Get the list of resources"
openid=$(api resources | named resources openid)

say 4 "Get all scopes"
profile=$(api "resources/$openid/scopes" | named scopes profile)

say 5 "Assign a resource grant to the web application"
api "applications/$application/grants" "${body[@]}" \
  '{"resource": {"id": "'$openid'"}, "scopes": [{"id": "'$profile'"}]}' >/dev/null

say 6 "Create a sign-on policy"
policy=$(api signOnPolicies "${body[@]}" \
  '{"name": "MFA_TransactionApproval_'$now'", "default": "false", "description": "A new MFA sign-on policy."}' | get "['id']")

say 7 "Create an SMS MFA sign-on policy action"
api "signOnPolicies/$policy/actions" "${body[@]}" \
  '{"priority": 5, "type": "MULTI_FACTOR_AUTHENTICATION", "sms": {"enabled": true}, "email": {"enabled": false}}' >/dev/null

say 8 "Assign the sign-on policy to the web application"
api "applications/$application/signOnPolicyAssignments" "${body[@]}" \
  '{"priority": 1, "signOnPolicy": {"id": "'$policy'"}}' >/dev/null

say 9 "Create a transaction SMS template"
api templates/transaction/contents "${body[@]}" '{
  "locale": "en", "deliveryMethod": "SMS",
  "content": "Approve this transfer of ${sum} ${currency} to ${recipient}, by entering this OTP: ${OTP}"
}' >/dev/null

say 10 "Create a population"
population=$(api populations "${body[@]}" '{"name": "MFA_Pop_'$now'", "description": "MFA population"}' | get "['id']")

say 11 "Create a user"
user=$(api users "${body[@]}" '{
  "username": "MFAUser_'$now'", "email": "alice@example.com", "name": {"given": "Alice", "family": "Ng"},
  "population": {"id": "'$population'"}
}' | get "['id']")

say 12 "Set the user's password"
api "users/$user/password" -X PUT -H 'Content-Type: application/vnd.pingidentity.password.set+json' \
  --data '{"value": "Correct-horse-battery-9", "forceChange": false}' >/dev/null

say 13 "Enable MFA for the user"
api "users/$user/mfaEnabled" -X PUT "${body[@]}" '{"mfaEnabled": true}' >/dev/null

say 14 "Create the device authentication policy"
otp='{"failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}}, "lifeTime": {"duration": 30, "timeUnit": "MINUTES"}}'
failure='{"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}}'
device_policy=$(api deviceAuthenticationPolicies "${body[@]}" '{
  "name": "useCaseDeviceAuthPolicy__'$now'",
  "sms": {"enabled": true, "otp": '"$otp"'}, "email": {"enabled": true, "otp": '"$otp"'}, "voice": {"enabled": false, "otp": '"$otp"'},
  "mobile": {
    "enabled": true,
    "otp": {"failure": '"$failure"', "window": {"stepSize": {"duration": 30, "timeUnit": "SECONDS"}}},
    "applications": [{
      "id": "'$application'", "push": {"enabled": false}, "otp": {"enabled": true},
      "deviceAuthorization": {"enabled": true, "extraVerification": "permissive"},
      "autoEnrollment": {"enabled": true}, "integrityDetection": "permissive"
    }]
  },
  "totp": {"enabled": true, "otp": {"failure": '"$failure"'}},
  "securityKey": {"enabled": true}, "platform": {"enabled": true},
  "forSignOnPolicy": false, "default": false
}' | get "['id']")

say 15 "Set the user's device"
api "users/$user/devices" "${body[@]}" \
  '{"type": "SMS", "phone": "'$phone'", "policy": {"id": "'$device_policy'"}}' | get "['status']" | grep -qx ACTIVE

say 16 "Send an authorize request for the approval"
request=$(python3 - "$application" "$secret" "$user" "$AUTH_PATH/$ENV_ID/as" <<'PYTHON'
import base64, hashlib, hmac, json, sys, time
application, secret, user, issuer = sys.argv[1:]
part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
claims = {
    "iss": application, "sub": user, "aud": issuer, "iat": int(time.time()), "exp": int(time.time()) + 300,
    "pi.template": {"name": "transaction", "variables": {"sum": "1,000,000", "currency": "USD", "recipient": "Charlie Parker"}},
}
signed = part(b'{"alg": "HS256", "typ": "JWT"}') + b"." + part(json.dumps(claims).encode())
print((signed + b"." + part(hmac.digest(secret.encode(), signed, hashlib.sha256))).decode())
PYTHON
)
flow=$(curl -sS --fail-with-body -c "$cookies" --get "$AUTH_PATH/$ENV_ID/as/authorize" \
  -d "client_id=$application" -d response_type=code -d response_mode=pi.flow -d scope=profile%20openid \
  -d "request=$request" -d "login_hint_token=$request")
state=$(get "['status']" <<<"$flow")
[ "$state" = OTP_REQUIRED ] || { echo "the flow is $state"; exit 1; }
flow=$(get "['id']" <<<"$flow")

message=$(curl -sS --fail-with-body --get "$INBOX_URL" --data-urlencode "to=$phone" -d wait=10s | get "['messages'][0]['text']")
echo "    $phone got: $message"
otp=${message#"Approve this transfer of 1,000,000 USD to Charlie Parker, by entering this OTP: "}
[[ $otp =~ ^[0-9]{6}$ ]] || { echo "the message reads differently than the template says"; exit 1; }

say 17 "Check the code"
curl -sS --fail-with-body -b "$cookies" -c "$cookies" "$AUTH_PATH/$ENV_ID/flows/$flow" \
  -H 'Content-Type: application/vnd.pingidentity.otp.check+json' --data '{"otp": "'$otp'"}' | get "['status']" | grep -qx COMPLETED

say 18 "Call the resume endpoint"
code=$(curl -sS --fail-with-body -b "$cookies" -c "$cookies" "$AUTH_PATH/$ENV_ID/as/resume?flowId=$flow" | get "['authorizeResponse']['code']")

say 19 "Get the access token"
tokens=$(curl -sS --fail-with-body "$AUTH_PATH/$ENV_ID/as/token" -u "$application:$secret" \
  -d grant_type=authorization_code -d "code=$code" -d redirect_uri=https://www.example.com)
get "['id_token'].split('.')[1]" <<<"$tokens" | python3 -c '
import base64, json, sys
claims = json.loads(base64.urlsafe_b64decode(sys.stdin.read().strip() + "=="))
print("    id token:", {name: claims[name] for name in ("sub", "acr", "amr")})
assert claims["sub"] == sys.argv[1] and claims["acr"] == sys.argv[2], claims
' "$user" "MFA_TransactionApproval_$now"
