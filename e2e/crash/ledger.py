"""What the server was asked and what it answered, one JSON object a line, in a file that outlives the server."""

import json
import threading
from collections import defaultdict


class Ledger:
    """Appends entries; many threads may."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1)
        self.lock = threading.Lock()

    def note(self, kind, **entry):
        with self.lock:
            self.file.write(json.dumps({"kind": kind, **entry}) + "\n")


def read(paths):
    """The entries of these files, by kind."""
    entries = defaultdict(list)
    for path in paths:
        with open(path) as lines:
            for line in lines:
                entry = json.loads(line)
                entries[entry["kind"]].append(entry)
    return entries
