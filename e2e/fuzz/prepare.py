"""Makes one record of everything that the server's own description has an example for, and writes what schemathesis needs.

`prepare.py FILE` writes the configuration: the worker's token, and for each path the ids that lead to something. Without
them nearly every request would end at "not found". AUTH_PATH, API_PATH, ENV_ID, CLIENT_ID and CLIENT_SECRET come from the
environment.
"""

import base64
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

auth, environment = os.environ["AUTH_PATH"], os.environ["ENV_ID"]
host = os.environ["API_PATH"].removesuffix("/v1")
# As the description has them: a record is known by the path that leads to it.
found = {"/v1/environments/{envID}": environment, "/{envID}": environment}
names = {"environment": environment}


def call(method, path, body=None, headers=None):
    headers = {"Content-Type": "application/json"} | (headers or {"Authorization": f"Bearer {token}"})
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(host + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        print(f"{method} {path}: {error.code} {error.read().decode()}", file=sys.stderr)
        return None


def worker_token():
    pair = base64.b64encode(f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
    path = f"{auth.removeprefix(host)}/{environment}/as/token"
    return call("POST", path, b"grant_type=client_credentials", headers)["access_token"]


def parameters(path):
    """The ids that fill the path, by name; those that are known."""
    parts, filled = path.split("/"), {}
    for end, part in enumerate(parts, 1):
        if part.startswith("{") and (value := found.get("/".join(parts[:end]))):
            filled[part[1:-1]] = value
    return filled


def filled(path):
    """The path with its ids, unless one is missing."""
    text = re.sub(r"\{(\w+)\}", lambda match: parameters(path).get(match[1], match[0]), path)
    return None if "{" in text else text


def example(operation):
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    text = json.dumps(media.get("example"))
    return json.loads(re.sub(r"\{\{(\w+)\}\}", lambda match: names.get(match[1], match[0]), text))


def listed(path):
    """The newest record of a collection."""
    embedded = (call("GET", path) or {}).get("_embedded", {})
    return next((items[-1] for items in embedded.values() if items), None)


def name_openid():
    for resource in call("GET", f"/v1/environments/{environment}/resources")["_embedded"]["resources"]:
        if resource["type"] == "OPENID_CONNECT":
            names["openid"] = resource["id"]
            scopes = call("GET", f"/v1/environments/{environment}/resources/{resource['id']}/scopes")
            names["profile"] = next(one["id"] for one in scopes["_embedded"]["scopes"] if one["name"] == "profile")


def prepare(paths):
    """Collections before what is in them; of each one record is made, or else found."""
    items = {path.rsplit("/", 1)[0]: path for path in paths if path.endswith("}")}
    for path in sorted(paths, key=lambda path: path.count("/")):
        at = filled(path)
        if path not in items or items[path] in found or at is None or not path.startswith("/v1/environments/{envID}/"):
            continue
        body = example(paths[path].get("post", {}))
        record = (body and call("POST", at, body)) or ("get" in paths[path] and listed(at))
        if record:
            parameter = items[path].rsplit("/", 1)[1][1:-1]
            found[items[path]] = record.get("id") if parameter.endswith("ID") else record.get("name", record.get("id"))
            if path.endswith("/signOnPolicies"):
                names["signOnPolicy"] = record["id"]


token = worker_token()
paths = call("GET", "/openapi.json")["paths"]
name_openid()
prepare(paths)
with open(sys.argv[1], "w") as file:
    file.write(f"[headers]\nAuthorization = {json.dumps(f'Bearer {token}')}\n")
    for path in paths:
        if known := parameters(path):
            ids = ", ".join(f'"path.{name}" = {json.dumps(value)}' for name, value in known.items())
            file.write(f"\n[[operations]]\ninclude-path = {json.dumps(path)}\nparameters = {{ {ids} }}\n")
print(f"{len(found)} kinds of record of {sum(path.endswith('}') for path in paths)}", file=sys.stderr)
