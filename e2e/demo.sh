#!/usr/bin/env bash
# `postern demo` goes through the whole workflow by itself.
. "$(dirname "$0")/lib/test.sh"

export TMPDIR=$FOLDER/tmp
mkdir "$TMPDIR"

every_step() {
  (cd "$FOLDER" && "$POSTERN" demo >demo.out)
  local step
  for step in $(seq 1 19); do
    grep -qE "^ *$step\. " "$FOLDER/demo.out" || { echo "step $step is missing"; cat "$FOLDER/demo.out"; return 1; }
  done
  grep -q "Charlie Parker, by entering this OTP: [0-9]\{6\}" "$FOLDER/demo.out"
}

without_colour() {
  ! grep -q $'\033' "$FOLDER/demo.out"
}

coloured_on_a_terminal() {
  TERM=xterm python3 "$e2e/lib/on_terminal.py" "$POSTERN" demo >"$FOLDER/terminal.out"
  grep -q $'\033\[' "$FOLDER/terminal.out"
  TERM=xterm NO_COLOR=1 python3 "$e2e/lib/on_terminal.py" "$POSTERN" demo >"$FOLDER/terminal.out"
  ! grep -q $'\033\[' "$FOLDER/terminal.out"
}

nothing_left() {
  expect "files in the folder" "$(cd "$FOLDER" && ls -A . tmp)" "$(printf '.:\ndemo.out\nterminal.out\ntmp\n\ntmp:')"
}

check "every step goes as it should" every_step
check "a pipe gets no colours" without_colour
check "a terminal gets colours, unless NO_COLOR is set" coloured_on_a_terminal
check "it leaves no files" nothing_left
