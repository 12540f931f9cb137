# shellcheck shell=bash
# A folder for drafts, and a last word however the script ends.
#
# Terraform, kubectl and the others get Ctrl-C from the terminal themselves, as they run in the
# foreground; bash waits for them and then comes here. So Terraform has written its state and given its
# lock back before anything is said.

# What to do when the script stops half-way. A script sets it anew as it gets on.
afterwards='Run it again: it goes on where it stopped.'
# What is being done, for the last word.
doing=''

# Secrets pass through it on their way to Secrets Manager: mktemp makes it for this user alone.
work=$(mktemp -d)

doing() {
  doing=$1
  step "$1"
}

last_word() {
  local status=$1 advised=no
  [[ ! -e $work/advised ]] || advised=yes
  rm -rf "$work"
  [[ $status -ne 0 && $status -ne 2 ]] || return 0
  [[ -z $doing ]] || printf '\n%s stopped at: %s\n' "${0##*/}" "$doing" >&2
  [[ $advised == yes ]] || printf '  %s\n' "$afterwards" >&2
}

interrupted() {
  # A second Ctrl-C while cleaning up would leave secrets in the folder.
  trap '' INT TERM HUP
  printf '\n%s: interrupted\n' "${0##*/}" >&2
  rm -f "$work/advised"
  exit "$1"
}

trap 'last_word $?' EXIT
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP
