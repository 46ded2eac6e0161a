# shellcheck shell=bash
# The programs of this project, as the laboratory runs them. Sourced after configs.sh.

is_ready() { curl -sf -o /dev/null "http://$(address "admin/$1")/readyz"; }

# start_perspective PLACE: does not wait.
start_perspective() {
  start_process "$1" "$BIN/mpic-perspective" --config "$LAB/config/$1.yaml"
}

start_programs() {
  local place
  for place in "${PLACES[@]}"; do start_perspective "$place"; done
  for place in "${PLACES[@]}"; do wait_until "$place" 15 is_ready "$place"; done
  start_process coordinator "$BIN/mpic-coordinator" --config "$LAB/config/coordinator.yaml"
  wait_until coordinator 15 is_ready coordinator
}
