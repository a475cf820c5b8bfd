"""Ends a server in the middle of a request: `drain.py PROCESS ADDRESS PATH TOKEN`.

The server has read the head of a request and waits for its body when it is asked to end. It must stop taking
connections, and still answer this request. Another connection is open all the time and idle, which must not hold it up.
"""

import json
import os
import signal
import socket
import sys
import time
from urllib.parse import urlsplit

process, address, path, token = sys.argv[1:]
host, port = urlsplit(address).netloc.split(":")
place = (host, int(port))


def connect():
    return socket.create_connection(place, timeout=10)


idle = connect()
idle.sendall(f"GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
assert idle.recv(4096).startswith(b"HTTP/1.1 200")

body = json.dumps({"username": "drained", "email": "drained@example.com"}).encode()
busy = connect()
busy.sendall((
    f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
).encode())
assert busy.recv(4096).startswith(b"HTTP/1.1 100"), "the server did not ask for the body"

os.kill(int(process), signal.SIGTERM)
end = time.monotonic() + 5
while True:
    try:
        connect().close()
    except (ConnectionRefusedError, ConnectionResetError):
        break  # reset: it was still waiting to be taken when the socket closed
    assert time.monotonic() < end, "new connections are still taken"
    time.sleep(0.02)

busy.sendall(body)
answer = b""
while part := busy.recv(65536):
    answer += part
head = answer.split(b"\r\n", 1)[0].decode()
assert head == "HTTP/1.1 201 Created", answer
