"""Sends a request that is written as text, and prints the answer's body; anything but 201 is a failure.

In such texts `Host` is the whole base address of the API, and the path goes on from there: editors that run them
read it so, and no server could be reached by `Host: https://api.example.com/v1` itself.
"""

import socket
import sys
from urllib.parse import urlsplit

head, _, body = open(sys.argv[1]).read().partition("\n\n")
request_line, *headers = head.splitlines()
method, path, version = request_line.split()
headers = dict(header.split(": ", 1) for header in headers)
base = urlsplit(headers["Host"])
headers |= {"Host": base.netloc, "Content-Length": str(len(body.encode())), "Connection": "close"}
lines = [f"{method} {base.path}{path} {version}", *(f"{name}: {value}" for name, value in headers.items())]

connection = socket.create_connection((base.hostname, base.port))
connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
answer = b""
while part := connection.recv(65536):
    answer += part
head, _, body = answer.partition(b"\r\n\r\n")
print(body.decode())
if not head.startswith(b"HTTP/1.1 201 Created\r\n"):
    sys.exit(head.decode())
