# shellcheck shell=bash
# A laboratory for one test: $LAB with all programs of $BIN running, ended however the test ends.
# Sourced; the test's first argument is the folder of the programs.
set -euo pipefail
root=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
BIN=$(readlink -f "${1:?usage: ${0##*/} BIN}")
LAB=$(readlink -f "$(mktemp -d "${TMPDIR:-/tmp}/mpic-test.XXXXXX")")
trap '"$root/deploy/demo/down" "$LAB" >/dev/null' EXIT
trap 'exit 130' INT TERM

address_of() { awk -v name="$1" '$1 == name { print $2 }' "$LAB/addresses"; }
"$root/deploy/demo/up" "$LAB" "$BIN"

# run_python NAME ARGUMENT...: the test NAME.py in this laboratory; says what the programs said when it fails.
run_python() {
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$root/tests/system/$1.py" "$LAB" "$BIN" "$root/protos" "${@:2}" ||
    { tail -n 5 "$LAB"/log/{coordinator,ap-*,eu-*,me-*,us-*}; exit 1; }
}
