// The management API as the test of the OIDC client uses it, and what it needs there.

const { API_PATH, AUTH_PATH, ENV_ID, CLIENT_ID, CLIENT_SECRET, INBOX_URL } = process.env;

export const issuer = `${AUTH_PATH}/${ENV_ID}/as`;

async function json(answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

async function workerToken() {
  const headers = { authorization: `Basic ${btoa(`${CLIENT_ID}:${encodeURIComponent(CLIENT_SECRET)}`)}` };
  const body = new URLSearchParams({ grant_type: "client_credentials" });
  return (await json(await fetch(`${issuer}/token`, { method: "POST", headers, body }))).access_token;
}

const token = await workerToken();

export async function call(method, path, body, media = "application/json") {
  const headers = { authorization: `Bearer ${token}`, "content-type": media };
  return json(await fetch(`${API_PATH}/environments/${ENV_ID}/${path}`, { method, headers, body: body && JSON.stringify(body) }));
}

export async function newestCode(to) {
  const query = new URLSearchParams({ to, wait: "10s" });
  const { messages } = await json(await fetch(`${INBOX_URL}?${query}`));
  return messages.at(0).otp;
}

// An application that signs people on with a code and PKCE, may refresh, and may learn profile and address.
export async function application(settings) {
  const made = await call("POST", "applications", {
    enabled: true, type: "WEB_APP", protocol: "OPENID_CONNECT",
    grantTypes: ["AUTHORIZATION_CODE", "REFRESH_TOKEN"], responseTypes: ["CODE"],
    tokenEndpointAuthMethod: "CLIENT_SECRET_BASIC", pkceEnforcement: "S256_REQUIRED", ...settings,
  });
  const { _embedded: { resources } } = await call("GET", "resources");
  const openid = resources.find((one) => one.type === "OPENID_CONNECT");
  const { _embedded: { scopes } } = await call("GET", `resources/${openid.id}/scopes`);
  const granted = scopes.filter((one) => ["openid", "profile", "email"].includes(one.name)).map(({ id }) => ({ id }));
  await call("POST", `applications/${made.id}/grants`, { resource: { id: openid.id }, scopes: granted });
  const { secret } = await call("GET", `applications/${made.id}/secret`);
  return { id: made.id, secret };
}

// Password first, then a code by mail; neither again within the hour.
export async function twoSteps(application) {
  const policy = await call("POST", "signOnPolicies", { name: "Two_steps" });
  const { _embedded: { deviceAuthenticationPolicies: known } } = await call("GET", "deviceAuthenticationPolicies");
  const devices = known.find((one) => one.default);
  await call("PUT", `deviceAuthenticationPolicies/${devices.id}`, { ...devices, email: { ...devices.email, enabled: true } });
  const older = (proof) => ({ secondsSince: `\${session.lastSignOn.withAuthenticator.${proof}.at}`, greater: 3600 });
  const steps = [
    { priority: 1, type: "LOGIN", recovery: { enabled: false }, condition: older("pwd") },
    { priority: 2, type: "MULTI_FACTOR_AUTHENTICATION", deviceAuthenticationPolicy: { id: devices.id }, condition: older("mfa") },
  ];
  for (const step of steps) await call("POST", `signOnPolicies/${policy.id}/actions`, step);
  await call("POST", `applications/${application}/signOnPolicyAssignments`, { priority: 1, signOnPolicy: { id: policy.id } });
}

export async function person(username, password) {
  const email = `${username}@example.com`;
  const user = await call("POST", "users", { username, email, name: { given: "Pat", family: "Doe" } });
  const media = "application/vnd.pingidentity.password.set+json";
  await call("PUT", `users/${user.id}/password`, { value: password, forceChange: false }, media);
  await call("PUT", `users/${user.id}/mfaEnabled`, { mfaEnabled: true });
  await call("POST", `users/${user.id}/devices`, { type: "EMAIL", email });
  return { id: user.id, email };
}
