"""Sends what no client should send, byte by byte, and compares the answer with what it has to be.

Prints a line for each case: "passed NAME", or "failed NAME: …". What is expected is the status and the `code` of the error
body, or "-" where the request is no HTTP that could be answered with one.
AUTH_PATH, ENV_ID and TOKEN come from the environment.
"""

import json
import os
import socket
from contextlib import suppress
from urllib.parse import urlsplit

host, port = urlsplit(os.environ["AUTH_PATH"]).netloc.split(":")
api = f"/v1/environments/{os.environ['ENV_ID']}"
bearer = f"Authorization: Bearer {os.environ['TOKEN']}"
JSON = "Content-Type: application/json"
NOBODY = "0b7d2a52-6a3c-4c1e-9d0a-6b2a7c2f1a01"


def raw(data):
    connection = socket.create_connection((host, int(port)), timeout=20)
    answer = b""
    # A server may answer and hang up before it was sent everything. What it answered can be read all the same.
    with suppress(ConnectionResetError, BrokenPipeError):
        connection.sendall(data)
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            answer += part
    if not answer:
        return "closed"
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split()[1].decode()
    try:
        return f"{status} {json.loads(body)['code']}"
    except (ValueError, KeyError):
        return f"{status} -"


def post(body, *headers, path=f"{api}/users", length=None):
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close", bearer, *(headers or (JSON,))]
    if length != "":
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def get(path, *headers):
    lines = [f"GET {path} HTTP/1.1", "Host: x", "Connection: close", bearer, *headers]
    return raw("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n")


def chunked(size):
    chunk = b"%x\r\n" % 65536 + b" " * 65536 + b"\r\n"
    return post(chunk * (size // 65536) + b"0\r\n\r\n", JSON, "Transfer-Encoding: chunked", length="")


CASES = {
    "cut off JSON": ("400 INVALID_REQUEST", lambda: post('{"username": "x"')),
    "no body": ("400 INVALID_DATA", lambda: post("")),
    "a list for an object": ("400 INVALID_REQUEST", lambda: post("[]")),
    "10,000 deep JSON": ("400 INVALID_REQUEST", lambda: post('{"name":' + "[" * 10_000 + "]" * 10_000 + "}")),
    "a NUL in a name": ("400 INVALID_DATA", lambda: post('{"username": "a\\u0000b", "email": "a@example.com"}')),
    "bytes that are no UTF-8": ("400 INVALID_REQUEST", lambda: post(b'{"username": "\xff\xfe"}')),
    "half a surrogate": ("400 INVALID_REQUEST", lambda: post('{"username": "\\ud800"}')),
    "a number beyond all bounds": ("400 INVALID_REQUEST", lambda: post('{"username": 1e999999}')),
    "a wrong content type": ("415 INVALID_REQUEST", lambda: post("{}", "Content-Type: text/html")),
    "no content type": ("400 INVALID_DATA", lambda: post("{}", "X-Nothing: x")),
    "more than a megabyte": ("413 INVALID_REQUEST", lambda: post(b" " * (1024 * 1024 + 1))),
    "a length of terabytes": ("413 INVALID_REQUEST", lambda: post("{}", length=10**13)),
    "more than a megabyte in chunks": ("413 INVALID_REQUEST", lambda: chunked(4 * 1024 * 1024)),
    "a negative length": ("400 -", lambda: post("{}", length=-1)),
    "length and chunks at once": ("400 INVALID_DATA", lambda: post("0\r\n\r\n", JSON, "Transfer-Encoding: chunked", length=5)),
    "no UUID": ("404 NOT_FOUND", lambda: get(f"{api}/users/1%27%20OR%201=1")),
    "a percent that stands for nothing": ("404 NOT_FOUND", lambda: get(f"{api}/users/%zz")),
    "a NUL in the path": ("404 NOT_FOUND", lambda: get(f"{api}/users/%00")),
    "dots in the path": ("404 NOT_FOUND", lambda: get("/v1/../../../etc/passwd")),
    "an unknown user": ("404 NOT_FOUND", lambda: get(f"{api}/users/{NOBODY}")),
    "an unknown environment": ("404 NOT_FOUND", lambda: get(f"/v1/environments/{NOBODY}/users")),
    "an unknown path": ("404 NOT_FOUND", lambda: get("/v1/nothing")),
    "a broken filter": ("400 INVALID_REQUEST", lambda: get(f"{api}/users?filter=username%20eq%20%22")),
    "a deep filter": ("400 INVALID_REQUEST", lambda: get(f"{api}/users?filter=" + "(" * 5_000)),
    "a broken cursor": ("400 INVALID_REQUEST", lambda: get(f"{api}/users?cursor=AAAA")),
    "a limit that is no number": ("400 INVALID_REQUEST", lambda: get(f"{api}/users?limit=many")),
    "a header of a megabyte": ("431 -", lambda: get(f"{api}/users", "X-Long: " + "x" * 1024 * 1024)),
    "a path of a megabyte": ("431 -", lambda: get("/" + "x" * 1024 * 1024)),
    "a thousand headers": ("431 -", lambda: get(f"{api}/users", *(f"X-{number}: x" for number in range(1000)))),
    "no HTTP": ("400 -", lambda: raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20)),
    "a method of its own": ("405 INVALID_REQUEST", lambda: raw(f"BREW {api}/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())),
    "a token that is none": ("401 ACCESS_FAILED", lambda: raw(
        f"GET {api}/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer a.b.c\r\n\r\n".encode()
    )),
    "a token without signature": ("401 ACCESS_FAILED", lambda: raw(
        f"GET {api}/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"{bearer.rpartition('.')[0]}.\r\n\r\n".encode()
    )),
}

for name, (expected, send) in CASES.items():
    got = send()
    print(f"passed {name}" if got == expected else f"failed {name}: expected {expected}, got {got}")
