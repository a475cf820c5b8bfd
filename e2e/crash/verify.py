"""Compares the server with the ledgers of the load: `verify.py CHECK APPLICATION_JSON MESSAGES LEDGER...`."""

import json
import sys
import time

from client import Client
from ledger import read

check, application, messages, *ledgers = sys.argv[1:]
application = json.loads(application)
entries = read(ledgers)
client = Client()
#: A message that the killed server had taken is free again after a minute.
PATIENCE = 80


def devices():
    """Every device whose creation was answered is there."""
    assert len(entries["device"]) >= 50, f"only {len(entries['device'])} devices were made: too little load"
    for noted in entries["device"]:
        status, found = client.manage("GET", f"users/{noted['user']}/devices/{noted['id']}")
        assert status == 200 and found["phone"] == noted["phone"], f"{noted}: {status} {found}"
    return len(entries["device"])


def delivered():
    """Every message of a flow that was answered reaches the gateway; a second time it is the same message."""
    wanted = {noted["reference"] for noted in entries["flow"]}
    assert len(wanted) >= 20, f"only {len(wanted)} flows: too little load"
    end = time.monotonic() + PATIENCE
    while True:
        with open(messages) as lines:
            got = [json.loads(line) for line in lines]
        missing = wanted - {one["text"].split()[0] for one in got}
        if not missing:
            break
        assert time.monotonic() < end, f"{len(missing)} of {len(wanted)} messages never came: {sorted(missing)[:5]}"
        time.sleep(0.2)
    texts = {}
    for one in got:
        assert one["key"], f"no idempotency key: {one}"
        assert texts.setdefault(one["key"], one["text"]) == one["text"], f"one key, two messages: {one}"
    return len(wanted)


def once():
    """No code is accepted twice: not one that was accepted, and not one whose answer was lost in the kill."""
    accepted = {noted["flow"] for noted in entries["accepted"]}
    assert accepted, "nothing was accepted: too little load"
    lost = 0
    for noted in entries["checking"]:
        answers = [client.check(noted["flow"], noted["otp"]) for _ in range(2)]
        successes = [body for status, body in answers if status == 200]
        if noted["flow"] in accepted:
            assert not successes, f"accepted a second time: {noted}: {successes}"
        else:
            lost += 1
            assert len(successes) <= 1, f"accepted twice: {noted}"
        assert all(status in (200, 400, 404, 409, 410) for status, _ in answers), answers
    return f"{len(accepted)} accepted before, {lost} lost"


def redeemed():
    """No authorization code gives tokens twice."""
    done = {noted["code"] for noted in entries["redeemed"]}
    for noted in entries["redeeming"]:
        statuses = [client.redeem(application, noted["code"])[0] for _ in range(2)]
        successes = statuses.count(200)
        assert successes <= (0 if noted["code"] in done else 1), f"{noted}: {statuses}"
    return len(done)


def counted():
    """Wrong codes before the kill count after it: with those after it there are three, and then not even the right one is taken."""
    before = {}
    for noted in entries["guessed"]:
        before[noted["flow"]] = max(before.get(noted["flow"], 0), noted["attempt"])
    assert before, "nothing was guessed: too little load"
    otps = {noted["flow"]: noted["otp"] for noted in entries["guessing"]}
    for flow, attempts in before.items():
        wrong = str(int(otps[flow]) ^ 1).zfill(6)
        for _ in range(3 - attempts):
            status, answer = client.check(flow, wrong)
            assert status == 400, f"{flow}: {status} {answer}"
        status, answer = client.check(flow, otps[flow])
        assert status == 400, f"{flow}: the right code was taken after three wrong ones: {status} {answer}"
    return len(before)


print(f"{check}: {globals()[check]()}", file=sys.stderr)
