<?php
// The body is written with double quotes here. In single quotes, as in the documentation's sample, \n stays a
// backslash and an n, which is no JSON: every server has to refuse it, and this one is checked to.
require_once 'HTTP/Request2.php';

$request = new HTTP_Request2('{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices', HTTP_Request2::METHOD_POST);
$request->setConfig(['follow_redirects' => true]);
$request->setHeader(['Content-Type' => 'application/json', 'Authorization' => 'Bearer {{accessToken}}']);
$request->setBody("{\n \"type\": \"SMS\",\n \"phone\": \"{{phone}}\",\n \"policy\": {\"id\": \"{{deviceAuthPolicyID}}\"}\n}");
echo $request->send()->getBody(), "\n";
