# Starts and stops Postern in its two forms. Sourced after test.sh.

# start_dev NAME ARGUMENT...: sets ADDRESS and SERVER (the process), and the variables of `dev.env`.
# The output is in $FOLDER/NAME.out.
start_dev() {
  local output=$FOLDER/$1.out
  shift
  "$POSTERN" dev "$@" >"$output" 2>&1 3>&- &
  SERVER=$!
  children+=("$SERVER")
  until_true 20 grep -q "stops the server" "$output" || { cat "$output"; echo "dev did not start"; return 1; }
  eval "$(grep '^export ' "$output")"
  ADDRESS=$AUTH_PATH
}

# write_config DATABASE_URL [LINE...]: writes $FOLDER/postern.toml with a port of its own; sets CONFIG and ADDRESS.
# Lines go to the end of the file.
write_config() {
  local database=$1 port
  shift
  port=$(free_port)
  ADDRESS=http://127.0.0.1:$port
  CONFIG=$FOLDER/postern.toml
  [ -e "$FOLDER/master.key" ] || "$POSTERN" keys make "$FOLDER/master.key"
  printf '%s\n' "[server]" "listen = \"127.0.0.1:$port\"" \
    "public_api_url = \"$ADDRESS/v1\"" "public_auth_url = \"$ADDRESS\"" "drain_seconds = 10" \
    "[database]" "url = \"$database\"" \
    "[secrets]" "master_key_file = \"$FOLDER/master.key\"" \
    "[delivery]" "allow_private = true" "allow_plaintext = true" "$@" >"$CONFIG"
}

# bootstrap: migrates the database of CONFIG, makes the first environment and sets its variables.
bootstrap() {
  "$POSTERN" migrate --config "$CONFIG"
  "$POSTERN" bootstrap --config "$CONFIG" --type sandbox >"$FOLDER/bootstrap.out"
  eval "$(grep '^export ' "$FOLDER/bootstrap.out")"
}

# start_serve: sets SERVER. The log is in $FOLDER/serve.log.
start_serve() {
  "$POSTERN" serve --config "$CONFIG" >>"$FOLDER/serve.log" 2>&1 3>&- &
  SERVER=$!
  children+=("$SERVER")
  until_true 20 curl -sf "$ADDRESS/health/ready" || { cat "$FOLDER/serve.log"; echo "serve did not start"; return 1; }
}

# stop_server: asks it to end and waits; the code is that of the process.
stop_server() {
  kill -TERM "$SERVER"
  wait "$SERVER"
}

# The database URL of a variant of the test.
database_url() {
  case "$1" in
    sqlite) echo "sqlite:$FOLDER/postern.db" ;;
    postgres) echo "${POSTGRES_URL:?the runner starts PostgreSQL}" ;;
  esac
}
