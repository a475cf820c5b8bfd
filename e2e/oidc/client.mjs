// Signs on, refreshes and signs off with the certified client library `openid-client`, which nobody here has written.
// Prints "passed NAME" or "failed NAME: why" for each check. The server's values come from the environment.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { application, call, issuer, newestCode, person, twoSteps } from "./api.mjs";
import { Browser } from "./browser.mjs";

// It is installed outside the source tree.
const library = createRequire(`${process.env.PACKAGES}/`).resolve("openid-client");
const oidc = await import(pathToFileURL(library));

const callback = "https://shop.example/callback";
const left = "https://shop.example/left";
const password = "Correct-Horse-9!";
const scope = "openid profile email";

async function check(name, work) {
  try {
    await work();
    console.log(`passed ${name}`);
  } catch (error) {
    const cause = error.cause ? ` (${JSON.stringify(error.cause)})` : "";
    console.log(`failed ${name}: ${String(error.message).replaceAll(/\s+/g, " ")}${cause}`);
  }
}

const refuses = (work, error) => assert.rejects(work, (thrown) => (assert.equal(thrown.error, error, String(thrown)), true));

// A request for authorization with everything that the answer is held against.
async function request(config, more = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const parameters = {
    redirect_uri: callback, scope, state, nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...more,
  };
  return { parameters, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true } };
}

// Password and code at the hosted page; gives the address that the application is called back at.
async function signOn(browser, address) {
  await browser.open(address);
  await browser.send("usernamePassword.check", { username: "pat", password });
  return browser.send("otp.check", { otp: await newestCode(pat.email) });
}

const shop = await application({ name: "Shop", redirectUris: [callback], postLogoutRedirectUris: [left] });
await twoSteps(shop.id);
const pat = await person("pat", password);

const configure = (authentication) => oidc.discovery(new URL(issuer), shop.id, {}, authentication, {
  execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
});
const config = await configure(oidc.ClientSecretBasic(shop.secret));
const browser = new Browser();
let tokens;
let called;

await check("the metadata names its issuer and S256", async () => {
  const metadata = config.serverMetadata();
  assert.equal(metadata.issuer, issuer);
  assert.ok(metadata.supportsPKCE());
});

await check("a person signs on with code and PKCE", async () => {
  const { parameters, checks } = await request(config);
  called = { url: await signOn(browser, oidc.buildAuthorizationUrl(config, parameters)), checks };
  tokens = await oidc.authorizationCodeGrant(config, called.url, checks);
  const claims = tokens.claims();
  assert.equal(claims.sub, pat.id);
  assert.ok(claims.amr.includes("mfa"));
});

await check("userinfo says who it is", async () => {
  const info = await oidc.fetchUserInfo(config, tokens.access_token, pat.id);
  assert.equal(info.email, pat.email);
  assert.equal(info.given_name, "Pat");
});

await check("a refresh gives new tokens for the same person", async () => {
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(fresh.access_token, tokens.access_token);
  assert.notEqual(fresh.refresh_token, tokens.refresh_token);
  assert.equal(fresh.claims().sub, pat.id);
  await refuses(oidc.refreshTokenGrant(config, tokens.refresh_token), "invalid_grant");
  tokens = fresh;
});

await check("a session answers without a question when none may be asked", async () => {
  const { parameters, checks } = await request(config, { prompt: "none" });
  const url = await browser.open(oidc.buildAuthorizationUrl(config, parameters));
  const silent = await oidc.authorizationCodeGrant(config, url, checks);
  assert.equal(silent.claims().sub, pat.id);
  tokens = silent;
});

await check("introspection knows the token until it is revoked", async () => {
  const known = await oidc.tokenIntrospection(config, tokens.access_token);
  assert.ok(known.active);
  assert.equal(known.client_id, shop.id);
  await oidc.tokenRevocation(config, tokens.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, tokens.refresh_token)).active, false);
});

await check("a code is good once", () => refuses(oidc.authorizationCodeGrant(config, called.url, called.checks), "invalid_grant"));

await check("a code is nothing without its verifier", async () => {
  const { parameters, checks } = await request(config, { prompt: "none" });
  const url = await browser.open(oidc.buildAuthorizationUrl(config, parameters));
  await refuses(oidc.authorizationCodeGrant(config, url, { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() }), "invalid_grant");
});

await check("a wrong secret is refused", async () => {
  const wrong = await configure(oidc.ClientSecretPost(`${shop.secret}x`));
  await refuses(oidc.refreshTokenGrant(wrong, "any"), "invalid_client");
});

const ways = { CLIENT_SECRET_POST: oidc.ClientSecretPost, CLIENT_SECRET_JWT: oidc.ClientSecretJwt };
for (const [method, way] of Object.entries(ways)) {
  await check(`the client proves itself by ${method}`, async () => {
    const settings = await call("GET", `applications/${shop.id}`);
    await call("PUT", `applications/${shop.id}`, { ...settings, tokenEndpointAuthMethod: method });
    const other = await configure(way(shop.secret));
    const { parameters, checks } = await request(other, { prompt: "none" });
    const url = await browser.open(oidc.buildAuthorizationUrl(other, parameters));
    assert.equal((await oidc.authorizationCodeGrant(other, url, checks)).claims().sub, pat.id);
    await call("PUT", `applications/${shop.id}`, settings);
  });
}

if (config.serverMetadata().pushed_authorization_request_endpoint) {
  await check("a pushed request is as good as a written one", async () => {
    const { parameters, checks } = await request(config, { prompt: "none" });
    const url = await browser.open(await oidc.buildAuthorizationUrlWithPAR(config, parameters));
    assert.equal((await oidc.authorizationCodeGrant(config, url, checks)).claims().sub, pat.id);
  });
}

await check("signing off ends the session and leads back", async () => {
  const { parameters, checks } = await request(config, { prompt: "none" });
  const last = await oidc.authorizationCodeGrant(config, await browser.open(oidc.buildAuthorizationUrl(config, parameters)), checks);
  const end = { id_token_hint: last.id_token, post_logout_redirect_uri: left, state: "bye" };
  assert.equal(String(await browser.open(oidc.buildEndSessionUrl(config, end))), `${left}?state=bye`);
  const again = await request(config, { prompt: "none" });
  const url = await browser.open(oidc.buildAuthorizationUrl(config, again.parameters));
  await refuses(oidc.authorizationCodeGrant(config, url, again.checks), "login_required");
});
