"""Begins a request and never ends it: `unfinished.py ADDRESS PATH TOKEN`. Says "begun" when the server waits for the body."""

import socket
import sys
from urllib.parse import urlsplit

address, path, token = sys.argv[1:]
host, port = urlsplit(address).netloc.split(":")
connection = socket.create_connection((host, int(port)))
connection.sendall((
    f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"
).encode())
assert connection.recv(4096).startswith(b"HTTP/1.1 100")
print("begun", flush=True)
connection.recv(4096)
