"""Makes the application whose transactions are approved under load, and prints it as JSON.

The text message is only the transaction's reference and the code, so that the gateway's messages can be told apart.
"""

import json

from client import Client

client = Client()
application = client.made("applications", {
    "enabled": True, "name": "Crash", "type": "WEB_APP", "protocol": "OPENID_CONNECT", "grantTypes": ["AUTHORIZATION_CODE"],
    "responseTypes": ["CODE"], "redirectUris": ["https://www.example.com"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
})
_, secret = client.manage("GET", f"applications/{application['id']}/secret")
_, resources = client.manage("GET", "resources")
openid = next(one["id"] for one in resources["_embedded"]["resources"] if one["name"] == "openid")
_, scopes = client.manage("GET", f"resources/{openid}/scopes")
profile = next(one["id"] for one in scopes["_embedded"]["scopes"] if one["name"] == "profile")
client.made(f"applications/{application['id']}/grants", {"resource": {"id": openid}, "scopes": [{"id": profile}]})
policy = client.made("signOnPolicies", {"name": "Crash"})
client.made(f"signOnPolicies/{policy['id']}/actions", {
    "priority": 1, "type": "MULTI_FACTOR_AUTHENTICATION", "sms": {"enabled": True}, "email": {"enabled": False},
})
client.made(f"applications/{application['id']}/signOnPolicyAssignments", {"priority": 1, "signOnPolicy": {"id": policy["id"]}})
client.made("templates/transaction/contents", {"locale": "en", "deliveryMethod": "SMS", "content": "${reference} ${OTP}"})
print(json.dumps({"id": application["id"], "secret": secret["secret"]}))
