# Sourced first by every test: strictness, the lines that the runner counts, and a clean end.
#
# A test writes its verdicts to standard output, one a line, and everything else to standard error,
# which is shown when something fails. The runner sets POSTERN (the program) and FOLDER (for files).
set -euo pipefail
exec 3>&1 1>&2

e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
test=$(basename "$0" .sh)
variant=${1:-}
: "${POSTERN:?the runner sets it: start tests with e2e/run --only $test}" "${FOLDER:?}"
export PYTHONDONTWRITEBYTECODE=1 NO_PROXY='*' no_proxy='*'
children=()

verdict() { printf '%-7s %s%s: %s\n' "$1" "$test" "${variant:+ ($variant)}" "$2" >&3; }
skip() { verdict skipped "$1, because $2"; }

# check NAME COMMAND...: the verdict is that of the command, which runs with `set -e` in a shell of its own.
check() {
  local name=$1 code
  shift
  printf "\n--- %s\n" "$name"
  set +e
  (set -e; "$@")
  code=$?
  set -e
  if [ "$code" = 0 ]; then verdict passed "$name"; else verdict failed "$name"; fi
}

expect() { # expect WHAT GOT WANTED
  [ "$2" = "$3" ] || { echo "$1: expected '$3', got '$2'"; return 1; }
}

contains() { # contains WHAT TEXT PART
  case "$2" in *"$3"*) ;; *) echo "$1: '$3' is not in: $2"; return 1 ;; esac
}

lacks() { # lacks WHAT TEXT PART
  case "$2" in *"$3"*) echo "$1: '$3' is in: $2"; return 1 ;; esac
}

# json PATH: a member of the JSON on standard input, such as `_embedded.devices.0.id`.
json() { python3 "$e2e/lib/json_member.py" "$1"; }

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# until_true SECONDS COMMAND...
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.05
  done
}

end_children() {
  local child
  for child in "${children[@]}"; do kill -9 "$child" 2>/dev/null || true; done
}
trap end_children EXIT
