# What the benches share inside the lab: clocks, samples, medians, the table at the end.

source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

rounds=${LBD_BENCH_ROUNDS:-5}
meter=$LBD_BINARIES/LabMeter
home=$(mktemp --directory)
running=()
trap 'kill -KILL "${running[@]}" 2>/dev/null || true' EXIT

# note NAME VALUE: one more sample.
declare -A samples
note() { samples[$1]+="$2 " && printf '%s\n' "${dim}  $1 $2${plain}"; }

# median NAME: of the samples.
median() { printf '%s\n' ${samples[$1]} | sort --general-numeric-sort | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

# ratio NAME OTHER: the median of the ratios of what was measured side by side, as often the one as the other.
ratio() {
  paste <(printf '%s\n' ${samples[$1]}) <(printf '%s\n' ${samples[$2]}) | awk '{ print $1 / $2 }' | sort --general-numeric-sort |
    awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# quotient NAME OTHER: of the medians, where one is measured more often than the other.
quotient() { awk -v a="$(median "$1")" -v b="$(median "$2")" 'BEGIN { print a / b }'; }

# figure TEXT VALUE UNIT [OPERATOR TARGET]: a line of the table; with a target, whether it is met.
lines=()
missed=0
figure() {
  local text=$1 value unit=$3 target='' verdict=''
  value=$(awk -v v="$2" 'BEGIN { printf (v >= 1000 || v == int(v)) ? "%.0f" : v >= 10 ? "%.1f" : "%.3f", v }')
  if [[ $# -ge 5 ]]; then
    target="$4 $5"
    if awk -v v="$2" -v t="$5" -v o="$4" 'BEGIN { exit !(o == "≤" ? v <= t : o == "≥" ? v >= t : v == t) }'; then
      verdict=${green}met${plain}
    else
      verdict=${red}missed${plain} && missed=$((missed + 1))
    fi
  fi
  lines+=("$(printf '%-76s %10s %-5s %-10s %s' "$text" "$value" "$unit" "$target" "$verdict")")
}

heading() { lines+=('' "${bold}$1${plain}"); }

# finish: prints the table; fails when a target is missed.
finish() {
  printf '%s\n' "${lines[@]}"
  printf '\n%s\n' "$missed missed; medians of $rounds rounds; kernel $(uname -r); load average $(cut -d ' ' -f 1-3 /proc/loadavg)"
  exit $((missed > 0))
}

# milliseconds SECONDS
milliseconds() { awk -v s="$1" 'BEGIN { print s * 1000 }'; }

difference() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.6f", b - a }'; }

# seconds COMMAND…: how long it takes.
seconds() {
  local from=$EPOCHREALTIME
  "$@" >/dev/null
  difference "$from" "$EPOCHREALTIME"
}

# namespace NAME: a fresh one in place of one that may be there.
namespace() {
  if ip netns list | grep --quiet --word-regexp "^$1"; then
    in_namespace "$1" ipvsadm -C
    ip netns delete "$1"
    # The kernel takes it away behind our back.
    sleep 1
  fi
  ip netns add "$1"
  ip -n "$1" link set lo up
}

in_namespace() { nsenter --net="/run/netns/$1" "${@:2}"; }

# destinations NAMESPACE: the lines of its IPVS table about real servers, the heading's among them.
destinations() { in_namespace "$1" ipvsadm -Ln | grep --count '^  ->' || true; }

# in_background LOG NAMESPACE COMMAND…: runs until `end`; $! is its process. The namespace `here` is this one.
in_background() {
  local enter=(nsenter --net="/run/netns/$2")
  if [[ $2 == here ]]; then enter=(env); fi
  "${enter[@]}" "${@:3}" >"$home/$1" 2>&1 </dev/null &
  running+=("$!")
}

# end PROCESS: asks it to end and waits.
end() { kill -TERM "$1" 2>/dev/null && wait "$1" 2>/dev/null || true; }

# A pipe that nobody writes to.
exec {silence}<> <(:)

# wait_until SECONDS COMMAND…: until it succeeds. Starts no program meanwhile unless the command does: what is measured
# would share the lab's two processors with it.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "waited in vain: $*" "logs: $(tail -n 5 "$home"/*.log 2>/dev/null)"
    read -rt 0.5 -u "$silence" || true
  done
}

# untap: nobody listens any more.
tapping=''
untap() {
  if [[ -n $tapping ]]; then end "$tapping"; fi
  tapping=''
}

# tap NAMESPACE: notes in $home/tap what programs there and the kernel say to each other over netlink.
tap() {
  untap
  rm -f "$home/tap"
  in_namespace "$1" ip link show tap0 >/dev/null 2>&1 || ip -n "$1" link add tap0 type nlmon
  ip -n "$1" link set tap0 up
  in_background tap "$1" "$meter" tap tap0
  tapping=$!
  wait_until 20 grep --quiet '^#' "$home/tap"
}

# changes SINCE: how many messages that change something went to the kernel.
changes() { awk -v since="$1" '$1 >= since && $2 == ">" { n += $5 } END { print n + 0 }' "$home/tap"; }

# has_changes SINCE COUNT
has_changes() { [[ $(changes "$1") -ge $2 ]]; }

# answered SINCE: when the last change was answered.
answered() {
  sleep 0.5
  awk -v since="$1" '$1 >= since { if ($2 == ">" && $5 > 0) open = $3; else if ($2 == "<" && $3 == open) { last = $1; open = "" } } END { print last }' "$home/tap"
}

# first_change SINCE, first_word SINCE: when it went to the kernel; a word to IPVS or nftables, be it a question.
first_change() { awk -v since="$1" '$1 >= since && $5 > 0 { print $1; exit }' "$home/tap"; }
first_word() { awk -v since="$1" '$1 >= since && $2 == ">" && $3 == "ipvs" { print $1; exit }' "$home/tap"; }

# reading SINCE UNTIL: how long the last look at the IPVS table took; a look goes interfaces, IPVS, nftables.
reading() {
  awk -v since="$1" -v until="$2" '$1 < since || $1 > until || $2 != ">" { next }
    $3 == "route" { start = 0 } $3 == "ipvs" && !start { start = $1 }
    $3 == "nftables" && start { took = $1 - start; start = 0 } END { print took }' "$home/tap"
}

# lbd NAMESPACE CONFIGURATION: starts it; $lbd is its process, $started when.
lbd() {
  mkdir -p "$home/conf.d" "$home/state-$1"
  touch "$home/started"
  started=$EPOCHREALTIME
  in_background lbd.log "$1" "$LBD_BINARIES/lbd" --config "$2" --config-directory "$home/conf.d" \
    --state-directory "$home/state-$1" --socket "$home/socket"
  lbd=$!
}

# ask METHOD PATH [BODY]: a request to lbd; prints when it was sent, when answered, and the status.
ask() { "$meter" request "$home/socket" "$1" "$2" "${3:-}"; }

# large_connection_table: as the package sets it.
large_connection_table() {
  # shellcheck disable=SC2046 # words on purpose
  modprobe --remove $(lsmod | awk '/^ip_vs_/ { print $1 }') ip_vs
  modprobe ip_vs conn_tab_bits=20
  modprobe --all ip_vs_wlc nlmon pktgen
}
