# shellcheck shell=bash
# What the operator reads. Progress goes to standard output, everything that went wrong to standard
# error, so that `deploy >log` still shows why it failed.

step() { printf '\n== %s\n' "$*"; }
say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# Something that is waited for: said at once, and twice a minute from then on.
say_waiting() {
  if [[ ${waiting_for:-} != "$*" ]] || ((SECONDS - waiting_said >= 30)); then
    say "$* ..."
    waiting_for=$* waiting_said=$SECONDS
  fi
}

# A line of advice below an error. Who has given some is remembered in the folder of drafts, also from a
# subshell: the last word of a script is for failures that nobody has explained.
advise() {
  printf '  %s\n' "$*" >&2
  : >"$work/advised"
}

# Ends the script: what is wrong, then one line of advice for each further argument.
fail() {
  printf '\n%s: %s\n' "${0##*/}" "$1" >&2
  : >"$work/advised"
  shift
  local line
  for line in "$@"; do advise "$line"; done
  exit 1
}

# The same for a command line that cannot be understood.
misused() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  printf 'see: %s --help\n' "$0" >&2
  exit 2
}

# The comment at the head of a script is its help.
print_help() {
  awk 'NR == 1 { next } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$0"
}

# Yes or no, by typing a word that is not typed by accident.
#   confirm WORD QUESTION
confirm() {
  local word=$1 question=$2 answer=''
  if [[ ${assume_yes:-} == yes ]]; then
    say "$question: yes, as --yes says"
    return 0
  fi
  [[ -t 0 ]] || fail "$question" \
    'There is nobody to ask (standard input is no terminal). Say --yes if that is what you want.'
  printf '%s\nType "%s" to go on: ' "$question" "$word"
  # The end of the input is a no.
  read -r answer || true
  [[ $answer == "$word" ]] || fail 'not confirmed: nothing was changed by this step'
}
