import json

import requests

answer = requests.request(
    "POST",
    "{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices",
    headers={"Content-Type": "application/json", "Authorization": "Bearer {{accessToken}}"},
    data=json.dumps({"type": "SMS", "phone": "{{phone}}", "policy": {"id": "{{deviceAuthPolicyID}}"}}),
)
print(answer.text)
