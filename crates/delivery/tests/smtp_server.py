#!/usr/bin/env python3
"""A real mail server (aiosmtpd) for the tests of mail delivery.

Usage: smtp_server.py FOLDER

Makes FOLDER with a certificate of its own authority (ca.pem), listens on free
ports of this host (port-starttls, port-tls), takes mail from postern/right,
and writes each mail to mail-<Message-ID>. Prints "ready" and runs until its
standard input closes. The tests find it through POSTERN_TEST_SMTP=FOLDER.

Needs aiosmtpd and the openssl command.
"""

import email
import pathlib
import socket
import ssl
import subprocess
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Keep:
    def __init__(self, folder):
        self.folder = folder

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("unknown@"):
            return f"550 5.1.1 <{address}> user unknown"
        if address.startswith("later@"):
            return "450 4.2.0 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        message_id = email.message_from_bytes(envelope.content)["Message-ID"].strip("<>")
        (self.folder / f"mail-{message_id}").write_bytes(envelope.content)
        return "250 2.0.0 Ok: queued as TEST1"


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"postern", b"right")
    return AuthResult(success=right, handled=False)


def certificate(folder):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "san").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "san", "-out", "server.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class StartTls(Controller):
    def __init__(self, handler, context):
        self.context = context
        super().__init__(handler, hostname="127.0.0.1", port=free_port())

    def factory(self):
        return SMTP(self.handler, tls_context=self.context, require_starttls=True, authenticator=authenticate,
                    auth_required=True, enable_SMTPUTF8=True)


class Tls(Controller):
    def __init__(self, handler, context):
        super().__init__(handler, hostname="127.0.0.1", port=free_port(), ssl_context=context)

    def factory(self):
        return SMTP(self.handler, authenticator=authenticate, auth_required=True, auth_require_tls=False,
                    enable_SMTPUTF8=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    context = certificate(folder)
    for name, controller in [("port-starttls", StartTls(Keep(folder), context)), ("port-tls", Tls(Keep(folder), context))]:
        controller.start()
        (folder / name).write_text(f"{controller.port}\n")
    print("ready", flush=True)
    sys.stdin.read()


main()
