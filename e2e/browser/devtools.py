"""A browser under control of the test: Chromium over its DevTools protocol."""

import base64
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import websocket


class Browser:
    """A fresh profile with one page and one virtual authenticator."""

    def __init__(self, program, screens):
        self.screens = pathlib.Path(screens)
        self.profile = tempfile.mkdtemp()
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=420,760"]
        self.process = subprocess.Popen(
            [program, *arguments, f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = pathlib.Path(self.profile, "DevToolsActivePort")
        self.until(lambda: port_file.exists() and port_file.read_text().count("\n") >= 1, "the browser starts")
        port, path = port_file.read_text().split("\n")[:2]
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{port}{path}", suppress_origin=True)
        self.number, self.session = 0, None
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.session = attached["sessionId"]
        self.call("Page.enable")
        self.call("WebAuthn.enable")
        self.call(
            "WebAuthn.addVirtualAuthenticator",
            options={
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            },
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.socket.send(json.dumps(request))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def run(self, script):
        """The value of a script; a promise is waited for."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in done:
            raise AssertionError(done["exceptionDetails"].get("exception", {}).get("description", str(done)))
        return done["result"].get("value")

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.until(lambda: self.run("document.readyState") == "complete", f"{address} loads")

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector, text):
        self.run(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(text)}")

    def heading(self):
        return self.run("document.querySelector('h1')?.textContent ?? ''")

    def until_heading(self, wanted):
        self.until(lambda: self.heading() == wanted, f"the page says {wanted!r} instead of {self.heading()!r}")

    def picture(self, name):
        shot = self.call("Page.captureScreenshot", format="png")
        (self.screens / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    @staticmethod
    def until(holds, what, seconds=60):
        end = time.monotonic() + seconds
        while True:
            try:
                if holds():
                    return
            except AssertionError:
                # The page is changing under the script.
                pass
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain: {what if isinstance(what, str) else what()}")
            time.sleep(0.1)
