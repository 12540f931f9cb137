# shellcheck shell=bash
# The bash that all of this is written for. It is asked for before anything else is read: the one that macOS
# brings is from 2007, and what it made of the rest would be anything but a clear word.

# refuse_old_bash MAJOR MINOR
refuse_old_bash() {
  (($1 * 100 + $2 < 404)) || return 0
  printf '%s: this is bash %s.%s, and 4.4 or newer is needed\n' "${0##*/}" "$1" "$2" >&2
  printf '  On a Mac: brew install bash, and then run this again: it takes the first bash on PATH.\n' >&2
  printf '  Nothing was done.\n' >&2
  exit 1
}
refuse_old_bash "${BASH_VERSINFO[0]}" "${BASH_VERSINFO[1]}"

# What is called in $(…) stops at its first error too, as everything else does.
shopt -s inherit_errexit
