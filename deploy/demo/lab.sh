# shellcheck shell=bash
# The ground that the laboratory stands on: a directory, free ports, processes known by their pid.
# Sourced. The directory $LAB holds everything: addresses, pids/NAME, log/NAME and what is configured.

# claim NAME: gives NAME a TCP and UDP port of 127.0.0.1 that nothing uses, below the ephemeral
# range. $LAB/addresses is the list, a line each: NAME 127.0.0.1:PORT. A laboratory beside this one may
# have claimed a port that it does not listen on yet, or for a moment not: its list counts, too.
claim() {
  local port hex labs
  labs=$(dirname "$LAB")
  {
    flock 9
    while true; do
      port=$((20000 + (RANDOM << 15 | RANDOM) % 12000))
      printf -v hex ':%04X ' "$port"
      grep -qs ":$port\$" "$labs"/*/addresses && continue
      grep -qsF "$hex" /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 && continue
      echo "$1 127.0.0.1:$port" >>"$LAB/addresses"
      return
    done
  } 9<"$labs"
}

address() { awk -v name="$1" '$1 == name { print $2 }' "$LAB/addresses"; }
port() { address "$1" | cut -d: -f2; }

# start_process NAME COMMAND...: in the background; its output goes to log/NAME. The command line has
# to name a file under $LAB, by which stop_process knows that the pid is still ours.
start_process() {
  local name=$1
  shift
  "$@" </dev/null >>"$LAB/log/$name" 2>&1 &
  echo $! >"$LAB/pids/$name"
}

is_running() {
  local pid
  pid=$(cat "$LAB/pids/$1" 2>/dev/null) && grep -qsF "$LAB/" "/proc/$pid/cmdline"
}

# stop_process NAME: asks with SIGTERM, insists with SIGKILL after five seconds.
stop_process() {
  local pid deadline=$((SECONDS + 5))
  is_running "$1" || { rm -f "$LAB/pids/$1"; return 0; }
  pid=$(cat "$LAB/pids/$1")
  kill -TERM "$pid" 2>/dev/null || true
  while is_running "$1"; do
    if ((SECONDS >= deadline)); then
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.05
  done
  rm -f "$LAB/pids/$1"
}

stop_all_processes() {
  local file name
  for file in "$LAB"/pids/*; do
    [[ -e $file ]] || continue
    name=${file##*/}
    is_running "$name" && kill -TERM "$(cat "$file")" 2>/dev/null
  done
  for file in "$LAB"/pids/*; do
    [[ -e $file ]] && stop_process "${file##*/}"
  done
  return 0
}

# wait_until WHAT SECONDS COMMAND...: repeats the command until it succeeds; fails loudly if it never
# does, or as soon as the process named WHAT is gone.
wait_until() {
  local what=$1 deadline=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= deadline)); then
      echo "$what: not ready in time" >&2
      return 1
    fi
    if [[ -e $LAB/pids/$what ]] && ! kill -0 "$(cat "$LAB/pids/$what")" 2>/dev/null; then
      echo "$what: ended on its own" >&2
      return 1
    fi
    sleep 0.05
  done
}

# What everybody said last, for a person who has to find out why something failed: our programs come
# last and say most.
show_log_tails() {
  local log
  for log in "$LAB"/log/{nginx,nsd-*,unbound-*}; do tail_of "$log" 2; done
  for log in "$LAB"/log/*; do
    case ${log##*/} in nginx | nsd-* | unbound-*) ;; *) tail_of "$log" 15 ;; esac
  done
}

tail_of() {  # tail_of FILE LINES
  [[ -s $1 ]] || return 0
  echo "--- ${1##*/}"
  tail -n "$2" "$1" | cut -c1-400
} >&2
