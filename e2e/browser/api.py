"""The management API as the tests of the pages use it."""

import json
import os
import urllib.request

# The pages need a name: a relying party cannot be an address.
AUTH = os.environ["AUTH_PATH"].replace("127.0.0.1", "localhost")
API = os.environ["API_PATH"].replace("127.0.0.1", "localhost")
ENVIRONMENT = os.environ["ENV_ID"]


def _send(request):
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{request.method} {request.full_url}: {error.code} {error.read().decode()}") from error


def _token():
    import base64

    pair = f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}".encode()
    request = urllib.request.Request(
        f"{AUTH}/{ENVIRONMENT}/as/token",
        data=b"grant_type=client_credentials",
        headers={"Authorization": "Basic " + base64.b64encode(pair).decode()},
        method="POST",
    )
    return _send(request)["access_token"]


TOKEN = _token()


def call(method, path, body=None, media="application/json", address=None):
    address = address or f"{API}/environments/{ENVIRONMENT}/{path}"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": media}
    data = None if body is None else json.dumps(body).encode()
    return _send(urllib.request.Request(address, data=data, headers=headers, method=method))


def act(path, action, body):
    return call("POST", path, body, f"application/vnd.pingidentity.{action}+json")
