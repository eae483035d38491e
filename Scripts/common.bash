# What the scripts of this folder share: where the checkout is, how they speak, how they fail.

set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lab_directory=$checkout/.lab

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]] || [[ -n ${FORCE_COLOR:-} ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' blue=$'\e[34m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' yellow='' blue='' plain=''
fi

# say TEXT: what happens now.
say() { printf '%s\n' "${bold}$*${plain}"; }

# fail TEXT [REMEDY]: one message with its remedy, and the end.
fail() {
  printf '%s\n' "${red}${0##*/}: $1${plain}" >&2
  if [[ $# -gt 1 ]]; then printf '%s\n' "  $2" >&2; fi
  exit 1
}

# usage: the comment at the top of the calling script is its help.
usage() { sed -n '2,/^[^#]/{ /^#/s/^# \{0,1\}//p; }' "$0"; }

# seconds_since START: elapsed time of a stage, START taken from $EPOCHREALTIME.
seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }
