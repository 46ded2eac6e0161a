# shellcheck shell=bash
# A world for one test whose answers the test sets as it goes: Pebble's challenge test server behind an
# unbound, and one perspective, in plaintext, that sees nothing else. Sourced; the test's first argument is
# the folder of the programs.
set -euo pipefail
root=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
BIN=$(readlink -f "${1:?usage: ${0##*/} BIN}")
LAB=$(readlink -f "$(mktemp -d "${TMPDIR:-/tmp}/mpic-test.XXXXXX")")
mkdir "$LAB"/{pids,log,tls}
trap '"$root/deploy/demo/down" "$LAB" >/dev/null' EXIT
trap 'exit 130' INT TERM
PATH=$PATH:/usr/sbin
for part in deploy/demo/lab deploy/demo/configs tests/system/peers; do
  # shellcheck source=/dev/null
  . "$root/$part.sh"
done

make_ca

# start_challtestsrv OPTION...: through a link under $LAB, by which its pid is known to be ours.
start_challtestsrv() {
  claim dns/mock
  claim management
  ln -s "$(command -v pebble-challtestsrv)" "$LAB/challtestsrv"
  start_process challtestsrv "$LAB/challtestsrv" -dns01 "$(address dns/mock)" -https01 "" \
    -management "$(address management)" -defaultIPv6 "" "$@"
  wait_until challtestsrv 15 mock clear-a '{"host": "nothing.example.com."}'
}

# mock WHAT JSON: the management interface of the challenge test server.
mock() {
  curl -sf --noproxy '*' -o /dev/null -d "$2" "http://$(address management)/$1"
}

# The challenge test server offers no recursion, which a resolver of ours must; unbound does.
start_resolver() {
  local dir=$LAB/resolver
  claim resolver
  mkdir "$dir"
  cp "$(command -v unbound)" "$dir/unbound"  # as deploy/demo/world.sh, for AppArmor
  cat >"$dir/unbound.conf" <<UNBOUND
server:
  interface: 127.0.0.1
  port: $(port resolver)
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  username: ""
  chroot: ""
  directory: "$dir"
  pidfile: "$dir/pid"
  use-syslog: no
  logfile: ""
  num-threads: 1
  module-config: "iterator"
  ede: yes
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@$(port dns/mock)
  forward-no-cache: yes
UNBOUND
  start_process unbound "$dir/unbound" -d -c "$dir/unbound.conf"
  wait_until unbound 15 resolves
}

resolves() { dig @127.0.0.1 -p "$(port resolver)" +tries=1 +timeout=2 www.example.com A | grep NOERROR; }

# start_lone_perspective NAME RESOLVER: with $(port http) and $(port https) for 80 and 443.
start_lone_perspective() {
  claim "grpc/$1"
  claim "admin/$1"
  cat >"$LAB/$1.yaml" <<YAML
perspective_id: $1
region: lab
rir: RIPE NCC
location: {latitude: 50.11, longitude: 8.68}
resolver: {address: "$(address "$2")"}
listen: "$(address "grpc/$1")"
admin_listen: "$(address "admin/$1")"
tls: {insecure_loopback: true}
threads: 1
lab:
  allowed_reserved_prefixes: ["127.0.0.0/8"]
  http_port: $(port http)
  https_port: $(port https)
YAML
  start_process "$1" "$BIN/mpic-perspective" --config "$LAB/$1.yaml"
  wait_until "$1" 15 curl -sf --noproxy '*' "http://$(address "admin/$1")/readyz"
}

# check METHOD NAME...: as mpicctl, by the perspective "lone".
check() { check_by lone "$@"; }
check_by() {
  "$BIN/mpicctl" --insecure-loopback --server "$(address "grpc/$1")" check "${@:2}"
}
