"""Runs a command on a pseudo-terminal, copies what it prints and ends with its code."""

import os
import pty
import sys

status = pty.spawn(sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(status))
