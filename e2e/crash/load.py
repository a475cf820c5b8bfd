"""Keeps the server busy until it is gone, and notes every answer: `load.py LEDGER APPLICATION_JSON GATEWAY ROUND`.

Some threads enrol people with devices, some approve transactions, some guess codes. In the first round there is also
a message that the gateway takes but does not answer, so that it is on its way when the server is killed.
"""

import itertools
import json
import sys
import threading
import time

from client import Client, Lost
from ledger import Ledger

path, application, gateway, round_number = sys.argv[1:]
application = json.loads(application)
ledger = Ledger(path)
numbers = itertools.count(int(round_number) * 1_000_000)
faults = []


def person(client):
    """A new user with MFA and one SMS device; gives user id and phone number."""
    number = next(numbers)
    user = client.made("users", {"username": f"crash-{number}", "email": f"crash-{number}@example.com"})["id"]
    status, answer = client.manage("PUT", f"users/{user}/mfaEnabled", {"mfaEnabled": True})
    assert status == 200, answer
    return user, device(client, user)


def device(client, user):
    phone = f"+1512{2_000_000 + next(numbers) % 8_000_000:07}"
    made = client.made(f"users/{user}/devices", {"type": "SMS", "phone": phone})
    ledger.note("device", user=user, id=made["id"], phone=phone)
    return phone


def enrol(client):
    user, _ = person(client)
    for _ in range(3):
        device(client, user)


def transaction(client):
    """A flow that waits for its code; gives its id and what the person got."""
    user, phone = person(client)
    reference = f"T-{next(numbers)}"
    status, flow = client.authorize(application, user, reference)
    assert status == 200 and flow["status"] == "OTP_REQUIRED", flow
    ledger.note("flow", id=flow["id"], reference=reference)
    got, otp = message_to(client, phone).split()
    assert got == reference, f"{reference} was asked for, {got} came"
    return flow["id"], otp


def message_to(client, phone):
    """The person's text message. While it is awaited the server may go."""
    for _ in range(60):
        _, inbox = Client(gateway).call("GET", f"/messages?wait=0.5s&to=%2B{phone[1:]}")
        if inbox["messages"]:
            return inbox["messages"][0]["text"]
        client.call("GET", "/health/live")
    raise AssertionError(f"no message came for {phone}")


def approve(client):
    flow, otp = transaction(client)
    ledger.note("checking", flow=flow, otp=otp)
    status, done = client.check(flow, otp)
    assert status == 200 and done["status"] == "COMPLETED", done
    code = done["authorizeResponse"]["code"]
    ledger.note("accepted", flow=flow, otp=otp, code=code)
    ledger.note("redeeming", code=code)
    status, tokens = client.redeem(application, code)
    assert status == 200, tokens
    ledger.note("redeemed", code=code)


def guess(client):
    """Two of the three wrong codes that the policy allows."""
    flow, otp = transaction(client)
    wrong = str(int(otp) ^ 1).zfill(6)
    for attempt in (1, 2):
        ledger.note("guessing", flow=flow, otp=otp, attempt=attempt)
        status, answer = client.check(flow, wrong)
        assert status == 400, answer
        ledger.note("guessed", flow=flow, otp=otp, attempt=attempt)


def hold(client):
    user, _ = person(client)
    status, flow = client.authorize(application, user, "held")
    assert status == 200, flow
    ledger.note("flow", id=flow["id"], reference="held")
    while True:
        client.call("GET", "/health/live")
        time.sleep(0.1)


def until_gone(work):
    client = Client()
    try:
        while True:
            work(client)
    except Lost:
        pass
    except Exception as fault:  # noqa: BLE001 - told at the end
        faults.append(f"{work.__name__}: {fault!r}")


works = 4 * [enrol] + 8 * [approve] + 3 * [guess] + ([hold] if round_number == "1" else [])
threads = [threading.Thread(target=until_gone, args=(work,)) for work in works]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(1 if faults else 0)
