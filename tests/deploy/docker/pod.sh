# shellcheck shell=bash
# What the containers of one pod share here: a network of their own that ends at loopback. Sourced, in a
# network namespace; $1 is the directory of the images' roots.
set -euo pipefail
# shellcheck disable=SC2034 # used by those who source this
manifests=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../../../deploy/kubernetes")
WORK=$1
LOGS=$(mktemp -d "$WORK/logs.XXXXXX")
started=()
trap 'at_exit $?' EXIT
ip link set lo up

# Nobody is left behind, and who fails says what was said.
at_exit() {
  ((${#started[@]} == 0)) || kill -KILL "${started[@]}" 2>/dev/null || true
  (($1 == 0)) || tail -n 20 "$LOGS"/*
}

fail() { echo "WRONG: $*"; exit 1; }

# in_image IMAGE COMMAND...: as its user, with nothing of this machine's environment.
in_image() {
  local root=$WORK/$1
  shift
  chroot --userspec=10001:10001 --groups= "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# start IMAGE [VARIABLE=VALUE]: what the image runs; its pid is in $started.
start() {
  local command
  read -ra command <"$WORK/$1.command"
  chroot --userspec=10001:10001 --groups= "$WORK/$1" /usr/bin/env -i "${@:2}" "${command[@]}" \
    >"$LOGS/$1" 2>&1 &
  started+=($!)
}

# wait_until WHAT COMMAND...: up to 30 seconds.
wait_until() {
  local what=$1 tries
  shift
  for ((tries = 0; tries < 300; ++tries)); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  fail "$what: not in time"
}

# make_certificate IMAGE NAME: what a Secret would hold, from the CA of this test.
make_certificate() {
  local tls=$WORK/$1/etc/mpic/tls
  mkdir -p "$tls"
  [[ -e $WORK/ca.key ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 \
    -subj "/CN=CA of this test" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout "$WORK/ca.key" -out "$WORK/ca.crt" 2>/dev/null
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=${2##*/}" \
    -CA "$WORK/ca.crt" -CAkey "$WORK/ca.key" -addext "subjectAltName=URI:$2" \
    -addext "basicConstraints=critical,CA:FALSE" -addext "keyUsage=critical,digitalSignature" \
    -addext "extendedKeyUsage=serverAuth,clientAuth" -keyout "$tls/tls.key" -out "$tls/tls.crt" 2>/dev/null
  cp "$WORK/ca.crt" "$tls/ca.crt"
  chown -R 10001:10001 "$tls"
}

# Ends with SIGTERM, as Kubernetes ends it; its exit code is 0.
stop() {
  local code=0
  kill -TERM "$1"
  wait "$1" || code=$?
  ((code == 0)) || fail "exit code $code after SIGTERM"
}
