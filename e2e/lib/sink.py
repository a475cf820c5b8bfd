"""A gateway for text messages that keeps what it is given: `sink.py FOLDER [--refuse-every N]`.

POST /sms takes {"to": …, "text": …}. Every call becomes a line of FOLDER/messages.jsonl before it is answered.
GET /messages?to=…&wait=10s answers as the inbox of `postern dev` does.
With --refuse-every N, the first attempt of every Nth message is answered 503. The first attempt of a message whose
text begins with "held" is never answered, and only noted in FOLDER/held. The port is in FOLDER/port.
"""

import argparse
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

arguments = argparse.ArgumentParser()
arguments.add_argument("folder", type=Path)
arguments.add_argument("--refuse-every", type=int, default=0)
options = arguments.parse_args()

messages, keys = [], {}
arrived = threading.Condition()
lines = open(options.folder / "messages.jsonl", "a", buffering=1)


def refuses(key):
    """Whether this attempt is to be refused: each message is refused once at most."""
    first = key not in keys
    keys[key] = keys.get(key, 0) + 1
    return first and options.refuse_every and len(keys) % options.refuse_every == 0


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message["key"] = self.headers.get("Idempotency-Key")
        message["authorization"] = self.headers.get("Authorization")
        with arrived:
            held = message["text"].startswith("held") and message["key"] not in keys
            refused = refuses(message["key"])
            if held:
                with open(options.folder / "held", "a") as file:
                    file.write(message["text"] + "\n")
            elif not refused:
                messages.append(message)
                lines.write(json.dumps(message) + "\n")
                arrived.notify_all()
        if held:
            time.sleep(3600)
        elif refused:
            self.answer(503, {"error": "try again"})
        else:
            self.answer(200, {"accepted": True})

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        to = query.get("to", [None])[0]
        end = time.monotonic() + float(query.get("wait", ["0s"])[0].rstrip("s"))
        wanted = lambda: [one for one in messages if to is None or one["to"] == to]
        with arrived:
            while not wanted() and (left := end - time.monotonic()) > 0:
                arrived.wait(left)
            self.answer(200, {"messages": wanted()})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


server = Server(("127.0.0.1", 0), Gateway)
(options.folder / "port.new").write_text(str(server.server_port))
os.rename(options.folder / "port.new", options.folder / "port")
server.serve_forever()
