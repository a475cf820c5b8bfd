curl --silent --location --globoff '{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices' \
  --header 'Content-Type: application/json' \
  --header 'Authorization: Bearer {{accessToken}}' \
  --data '{"type": "SMS", "phone": "{{phone}}", "policy": {"id": "{{deviceAuthPolicyID}}"}}'
