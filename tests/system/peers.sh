# shellcheck shell=bash
# ACME software of others as peers of a test: Pebble and clients that can be made to wait. Sourced when
# $LAB and $root are set and deploy/demo/lab.sh and configs.sh are there.

# expect CODE TEXT COMMAND...: the command ends with CODE and says TEXT; the test ends otherwise.
expect() {
  local code=$1 text=$2 answer got=0
  shift 2
  answer=$("$@" 2>&1) || got=$?
  if ((got != code)) || [[ $answer != *"$text"* ]]; then
    fail "$* ended with $got, expected $code and \"$text\" in:"$'\n'"$answer"
  fi
  echo "as expected, $code $text: ${*#"$LAB/"}"
}

fail() {
  printf 'WRONG: %s\n' "$1" >&2
  show_log_tails
  exit 1
}

# hold NAME COMMAND...: starts an ACME client, in Python, that will wait for a line of its input. It
# reads and writes the fifo, so that nobody waits for the other to open it.
hold() {
  local fifo=$LAB/$1.input
  mkfifo "$fifo"
  start_process "$1" as_client "${@:2}"
}

as_client() {
  exec env REQUESTS_CA_BUNDLE="$LAB/tls/ca.pem" no_proxy='*' PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 timeout 120 "$@" <>"$fifo"
}

# release NAME CODE TEXT: gives it the line; it ends with CODE and has said TEXT.
release() {
  local got=0
  echo >"$LAB/$1.input"
  wait "$(cat "$LAB/pids/$1")" || got=$?
  rm "$LAB/pids/$1"
  expect 0 "$3" cat "$LAB/log/$1"
  ((got == $2)) || fail "$1 ended with $got, expected $2"
}

# start_pebble RESOLVER_ADDRESS HTTP_PORT TLS_PORT: the ACME server; it validates at these ports.
# Sleeping, refusing nonces and forgetting to ask again are its way of training clients, not us.
start_pebble() {
  claim pebble
  make_certificate pebble "IP:127.0.0.1"
  cat >"$LAB/pebble.json" <<JSON
{"pebble": {"listenAddress": "$(address pebble)", "managementListenAddress": "",
  "certificate": "$LAB/tls/pebble.pem", "privateKey": "$LAB/tls/pebble.key",
  "httpPort": $2, "tlsPort": $3}}
JSON
  start_process pebble env PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0 \
    pebble -config "$LAB/pebble.json" -dnsserver "$1"
  wait_until pebble 15 curl -sf --noproxy '*' --cacert "$LAB/tls/ca.pem" "$(directory)"
}

directory() { echo "https://$(address pebble)/dir"; }
