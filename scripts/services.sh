# Sourced by the scripts beside it: finds or installs what tests need and starts it in a temporary folder.
# Everything that is started here is stopped when the script that sourced it ends.

scratch=$(mktemp -d)
started=()

finish() {
  local code=$?
  for stop in "${started[@]}"; do eval "$stop" >/dev/null 2>&1 || true; done
  rm -rf "$scratch"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "==> $*" >&2; }
fail() { printf '%s\n' "error: $*" >&2; exit 1; }

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Installs Debian packages when that is possible; otherwise says what to install.
need_packages() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $*"
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null || fail "could not install $*"
  else
    fail "missing: $* (Debian package names); install them, or run as root to have them installed"
  fi
}

postgres_bin() {
  local candidate
  for candidate in /usr/lib/postgresql/*/bin; do
    [ -x "$candidate/initdb" ] && found=$candidate
  done
  [ -n "${found:-}" ] && { printf '%s' "$found"; return; }
  command -v initdb >/dev/null && dirname "$(readlink -f "$(command -v initdb)")"
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Starts a PostgreSQL of our own. Sets POSTGRES_URL.
start_postgres() {
  local bin port data=$scratch/postgres
  bin=$(postgres_bin)
  [ -n "$bin" ] || { need_packages postgresql; bin=$(postgres_bin); }
  port=$(free_port)
  mkdir -p "$data"
  chmod 755 "$scratch"
  [ "$(id -u)" = 0 ] && chown postgres "$data"
  as_postgres "$bin/initdb" -D "$data/db" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$scratch/initdb.log" 2>&1 || {
    cat "$scratch/initdb.log" >&2
    fail "initdb failed"
  }
  as_postgres "$bin/pg_ctl" -D "$data/db" -l "$data/log" -w \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$data -c max_connections=300 $*" start >/dev/null ||
    fail "PostgreSQL did not start"
  started+=("as_postgres '$bin/pg_ctl' -D '$data/db' -m immediate stop")
  POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
  say "PostgreSQL on port $port"
}

# Starts a mail server (aiosmtpd) that speaks TLS and STARTTLS. Sets SMTP_FOLDER.
start_smtp() {
  command -v python3 >/dev/null || need_packages python3
  python3 -m venv "$scratch/venv" >/dev/null 2>&1 || { need_packages python3-venv; python3 -m venv "$scratch/venv" >/dev/null; }
  "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check aiosmtpd cryptography >/dev/null || fail "could not install aiosmtpd"
  SMTP_FOLDER=$scratch/smtp
  mkdir -p "$SMTP_FOLDER"
  # It runs until its standard input closes, so it gets one that stays open.
  mkfifo "$scratch/smtp.stdin"
  exec 9<>"$scratch/smtp.stdin"
  "$scratch/venv/bin/python" crates/delivery/tests/smtp_server.py "$SMTP_FOLDER" <&9 >"$scratch/smtp.log" 2>&1 &
  local pid=$!
  started+=("kill $pid")
  for _ in $(seq 100); do
    grep -q ready "$scratch/smtp.log" && { say "mail server ready"; return; }
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$scratch/smtp.log" >&2
  fail "the mail server did not start"
}
