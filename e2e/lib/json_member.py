"""Prints one member of the JSON on standard input: `json_member.py _embedded.devices.0.id`."""

import json
import sys

value = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    value = value[int(step)] if isinstance(value, list) else value[step]
print(value if isinstance(value, str) else json.dumps(value))
