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
