OkHttpClient client = new OkHttpClient();
RequestBody body = RequestBody.create(MediaType.parse("application/json"),
    "{\n \"type\": \"SMS\",\n \"phone\": \"{{phone}}\",\n \"policy\": {\"id\": \"{{deviceAuthPolicyID}}\"}\n}");
Request request = new Request.Builder()
    .url("{{apiPath}}/environments/{{envID}}/users/{{MFAUserID}}/devices")
    .post(body)
    .addHeader("Content-Type", "application/json")
    .addHeader("Authorization", "Bearer {{accessToken}}")
    .build();
Response response = client.newCall(request).execute();
