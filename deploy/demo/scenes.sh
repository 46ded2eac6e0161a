# shellcheck shell=bash
# What is shown. Each scene says what happens in a sentence, runs mpicctl, and insists on the verdict:
# a wrong one ends the demonstration with an error. Sourced after processes.sh.

bold=$'\e[1m' plain=$'\e[0m'
[[ -t 1 ]] || bold='' plain=''
scene_number=0

scene() {
  scene_number=$((scene_number + 1))
  printf '\n%s%d. %s%s\n' "$bold" "$scene_number" "$1" "$plain"
}

# expect EXIT_CODE TEXT... -- MPICCTL_ARGUMENTS...: shows the command and its answer. Every TEXT has
# to stand in the answer, one given twice twice.
expect() {
  local code=$1 texts=() text answer rest got=0
  shift
  while [[ $1 != -- ]]; do texts+=("$1"); shift; done
  shift
  printf '$ mpicctl %s\n' "${*//$KEY_AUTHORIZATION/\$KEY_AUTHORIZATION}"
  answer=$("$LAB/mpicctl" "$@" 2>&1) || got=$?
  printf '%s\n' "$answer"
  if ((got != code)); then
    echo "WRONG: mpicctl ended with $got, expected $code" >&2
    return 1
  fi
  rest=$answer
  for text in "${texts[@]}"; do
    if [[ $rest != *"$text"* ]]; then
      echo "WRONG: the answer lacks \"$text\"" >&2
      return 1
    fi
    rest=${rest/"$text"/}
  done
}

# answered_by N: the cohort is whole again, or not yet.
answered_by() {
  "$LAB/mpicctl" corroborate dns-01 shop.example.com --key-authorization "$KEY_AUTHORIZATION" |
    grep -F "$1"
}

scene_everybody_agrees() {
  scene "Everybody agrees: dns-01, http-01 through a redirect to https, and CAA, in one call."
  expect 0 6/6 6/6 6/6 -- corroborate \
    dns-01 shop.example.com --key-authorization "$KEY_AUTHORIZATION" + \
    http-01 www.example.com --key-authorization "$KEY_AUTHORIZATION" + \
    caa shop.example.com
}

scene_region_down() {
  scene "One region is down: five of six are still a quorum."
  stop_process ap-tokyo
  expect 0 5/6 -- \
    corroborate dns-01 shop.example.com --key-authorization "$KEY_AUTHORIZATION"
  start_perspective ap-tokyo
  wait_until ap-tokyo 15 is_ready ap-tokyo
  wait_until coordinator 15 answered_by 6/6
  echo "(ap-tokyo is back)"
}

scene_hijack() {
  scene "A hijack of victim-bank.com fools the primary and two regions: the others refuse."
  expect 1 2/6 QUORUM_COUNT -- \
    corroborate dns-01 victim-bank.com --key-authorization "$KEY_AUTHORIZATION"
}

scene_caa_forbids() {
  scene "CAA of forbid.example.com names another CA."
  expect 1 CAA_FORBIDS -- corroborate caa forbid.example.com
}

scene_bogus() {
  scene "The DNSSEC signatures of broken.com do not hold: refused at the primary, nobody else asked."
  expect 1 DNSSEC_BOGUS -- \
    corroborate dns-01 broken.com --key-authorization "$KEY_AUTHORIZATION"
}

scene_one_rir() {
  scene "geo-shop.com shows the proof to one continent only: four of six, but all in one RIR region."
  expect 1 4/6 QUORUM_RIR -- \
    corroborate dns-01 geo-shop.com --key-authorization "$KEY_AUTHORIZATION"
}

play_scenes() {
  printf '\nKEY_AUTHORIZATION=%s\n' "$KEY_AUTHORIZATION"
  scene_everybody_agrees
  scene_region_down
  scene_hijack
  scene_caa_forbids
  scene_bogus
  scene_one_rir
}
