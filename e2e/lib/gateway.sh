# A gateway for text messages, and an environment that sends through it. Sourced after worker.sh.

# start_gateway [OPTION...]: sets GATEWAY (its address) and INBOX_URL.
start_gateway() {
  mkdir -p "$FOLDER/gateway"
  python3 "$e2e/lib/sink.py" "$FOLDER/gateway" "$@" 3>&- &
  children+=("$!")
  until_true 10 test -s "$FOLDER/gateway/port" || { echo "the gateway did not start"; return 1; }
  GATEWAY=http://127.0.0.1:$(cat "$FOLDER/gateway/port")
  INBOX_URL=$GATEWAY/messages
}

# send_through_gateway: text messages of the environment go to the gateway, and its default policy allows them.
send_through_gateway() {
  local policy
  api POST notificationsSettings/phoneDeliverySettings '{
    "provider": "CUSTOM_PROVIDER", "name": "End-to-end gateway",
    "authentication": {"method": "BEARER", "authToken": "gateway-token"},
    "requests": [{
      "deliveryMethod": "SMS", "method": "POST", "url": "'"$GATEWAY"'/sms", "phoneNumberFormat": "FULL",
      "headers": {"content-type": "application/json"},
      "body": "{\"to\": \"${to}\", \"text\": \"${message}\"}"
    }]
  }'
  policy=$(api GET deviceAuthenticationPolicies | python3 -c '
import json, sys
policies = json.load(sys.stdin)["_embedded"]["deviceAuthenticationPolicies"]
policy = next(policy for policy in policies if policy["default"])
policy["sms"]["enabled"] = True
print(policy["id"], json.dumps(policy))')
  api PUT "deviceAuthenticationPolicies/${policy%% *}" "${policy#* }"
}
