$.ajax({
  url: '{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices',
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'Authorization': 'Bearer {{accessToken}}' },
  data: JSON.stringify({ type: 'SMS', phone: '{{phone}}', policy: { id: '{{deviceAuthPolicyID}}' } }),
}).done((device) => console.log(device));
