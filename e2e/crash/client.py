"""Calls of Postern over one kept-alive connection, and what the test knows about the server from its environment."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import time
from urllib.parse import urlencode, urlsplit

AUTH_PATH = os.environ["AUTH_PATH"]
ENVIRONMENT = os.environ["ENV_ID"]
API = f"/v1/environments/{ENVIRONMENT}"
FORM = "application/x-www-form-urlencoded"
OTP_CHECK = "application/vnd.pingidentity.otp.check+json"


class Lost(Exception):
    """There was no answer: the server is gone."""


class Client:
    """A connection to `address`, opened anew when the server closed it between two calls."""

    def __init__(self, address=AUTH_PATH):
        self.host = urlsplit(address).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=15)

    def call(self, method, path, body=None, headers=None):
        """Status and body, read as JSON where it is JSON."""
        try:
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise Lost(str(error)) from error
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else text

    def manage(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {os.environ['TOKEN']}", "Content-Type": "application/json"}
        return self.call(method, f"{API}/{path}", None if body is None else json.dumps(body), headers)

    def made(self, path, body):
        """What a POST of the management API made."""
        status, answer = self.manage("POST", path, body)
        if status != 201:
            raise AssertionError(f"POST {path}: {status} {answer}")
        return answer

    def authorize(self, application, user, reference):
        """Asks for the approval of a transaction; the reference is in the text message."""
        issuer = f"{AUTH_PATH}/{ENVIRONMENT}/as"
        now = int(time.time())
        claims = {
            "iss": application["id"], "sub": user, "aud": issuer, "iat": now, "exp": now + 300,
            "pi.template": {"name": "transaction", "variables": {"reference": reference}},
        }
        token = signed(claims, application["secret"])
        query = urlencode({
            "client_id": application["id"], "response_type": "code", "response_mode": "pi.flow", "scope": "profile openid",
            "request": token, "login_hint_token": token,
        })
        return self.call("GET", f"/{ENVIRONMENT}/as/authorize?{query}")

    def check(self, flow, otp):
        return self.call("POST", f"/{ENVIRONMENT}/flows/{flow}", json.dumps({"otp": otp}), {"Content-Type": OTP_CHECK})

    def redeem(self, application, code):
        """Exchanges an authorization code for tokens."""
        credential = base64.b64encode(f"{application['id']}:{application['secret']}".encode()).decode()
        form = urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": "https://www.example.com"})
        headers = {"Authorization": f"Basic {credential}", "Content-Type": FORM}
        return self.call("POST", f"/{ENVIRONMENT}/as/token", form, headers)


def signed(claims, secret):
    """A JWT with HS256."""
    part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
    head = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
    return (head + b"." + part(hmac.digest(secret.encode(), head, hashlib.sha256))).decode()
