const request = require('request');

request(
  {
    method: 'POST',
    url: '{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices',
    headers: { 'Content-Type': 'application/json', 'Authorization': 'Bearer {{accessToken}}' },
    body: JSON.stringify({ type: 'SMS', phone: '{{phone}}', policy: { id: '{{deviceAuthPolicyID}}' } }),
  },
  (error, response) => {
    if (error) throw error;
    console.log(response.body);
  },
);
