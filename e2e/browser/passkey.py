"""Signs on at the hosted page with a passkey that the browser itself made."""

import argparse
import json
import urllib.parse

import api
from devtools import Browser

MAKE = """(async () => {
  const options = %s;
  const bytes = (list) => Uint8Array.from(list, (byte) => byte & 0xff);
  const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  options.pubKeyCredParams = options.pubKeyCredParams.map((one) => ({ type: one.type, alg: Number(one.alg) }));
  options.excludeCredentials = [];
  const made = await navigator.credentials.create({ publicKey: options });
  return JSON.stringify({
    id: made.id, type: made.type, rawId: base64(made.rawId), clientExtensionResults: {},
    response: { clientDataJSON: base64(made.response.clientDataJSON), attestationObject: base64(made.response.attestationObject) },
  });
})()"""


def application():
    """A web application whose sign-on policy asks for a factor and nothing else."""
    made = api.call("POST", "applications", {
        "enabled": True, "name": "Shop", "type": "WEB_APP", "protocol": "OPENID_CONNECT",
        "grantTypes": ["AUTHORIZATION_CODE"], "responseTypes": ["CODE"],
        "redirectUris": [f"{api.AUTH}/health/live"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC",
    })
    resources = api.call("GET", "resources")["_embedded"]["resources"]
    openid = next(one for one in resources if one["type"] == "OPENID_CONNECT")
    scopes = api.call("GET", f"resources/{openid['id']}/scopes")["_embedded"]["scopes"]
    granted = [{"id": one["id"]} for one in scopes if one["name"] == "openid"]
    api.call("POST", f"applications/{made['id']}/grants", {"resource": {"id": openid["id"]}, "scopes": granted})
    policy = api.call("POST", "signOnPolicies", {"name": "Passwordless", "default": False})
    devices = api.call("GET", "deviceAuthenticationPolicies")["_embedded"]["deviceAuthenticationPolicies"]
    default = next(one for one in devices if one["default"])
    action = {"priority": 1, "type": "MULTI_FACTOR_AUTHENTICATION", "deviceAuthenticationPolicy": {"id": default["id"]}}
    api.call("POST", f"signOnPolicies/{policy['id']}/actions", action)
    assignment = {"priority": 1, "signOnPolicy": {"id": policy["id"]}}
    api.call("POST", f"applications/{made['id']}/signOnPolicyAssignments", assignment)
    return made["id"]


def person():
    user = api.call("POST", "users", {"username": "pat", "email": "pat@example.com"})
    api.call("PUT", f"users/{user['id']}/mfaEnabled", {"mfaEnabled": True})
    return user["id"]


def pair(browser, user):
    """The page of the origin makes the credential, as an application's own page would."""
    device = api.call("POST", f"users/{user}/devices", {"type": "FIDO2", "rp": {"id": "localhost", "name": "Shop"}})
    browser.open(f"{api.AUTH}/{api.ENVIRONMENT}/signon/")
    credential = browser.run(MAKE % device["publicKeyCredentialCreationOptions"])
    proof = {"origin": api.AUTH, "attestation": credential}
    active = api.act(f"users/{user}/devices/{device['id']}", "device.activate", proof)
    assert active["status"] == "ACTIVE", active


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--browser", required=True)
    arguments.add_argument("--screens", required=True)
    wanted = arguments.parse_args()
    client, user = application(), person()
    with Browser(wanted.browser, wanted.screens) as browser:
        pair(browser, user)
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": client, "scope": "openid", "state": "s",
            "redirect_uri": f"{api.AUTH}/health/live",
        })
        browser.open(f"{api.AUTH}/{api.ENVIRONMENT}/as/authorize?{query}")
        browser.until_heading("Sign on")
        browser.picture("sign-on")
        browser.type("#username", "pat")
        browser.click("main form button")
        browser.until_heading("Use your passkey")
        browser.picture("passkey")
        browser.click("form.passkey button")
        browser.until(lambda: "/health/live?" in browser.run("location.href"), "the application gets its answer")
        answer = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.run("location.href")).query)
        assert answer.get("code") and answer.get("state") == ["s"], json.dumps(answer)


main()
