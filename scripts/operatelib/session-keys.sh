# shellcheck shell=bash
# The keys that sign sessions, made by the server's own program, so that they are what it reads.

session_keys_secret=overcookied/session-keys

# The program: OVERCOOKIED_BIN, or what was built here, or what is installed.
find_server() {
  local place
  for place in "${OVERCOOKIED_BIN:-}" target/release/overcookied overcookied; do
    [[ -z $place ]] || ! command -v "$place" >/dev/null || {
      server=$(command -v "$place")
      return 0
    }
  done
  fail 'there is no overcookied program, which makes the session keys' \
    'Build it: cargo build --release --locked' \
    'or say where it is: OVERCOOKIED_BIN=/path/to/overcookied'
}

# Without reading them. Before the base layer is made there is not even a secret.
session_keys_are_there() {
  try_aws secretsmanager get-secret-value --secret-id "$session_keys_secret" --query VersionId --output text >/dev/null
}

# Once: keys that are there stay, since everybody who is signed in depends on them.
ensure_session_keys() {
  if read_secret "$session_keys_secret"; then
    say 'session keys: there'
    return 0
  fi
  find_server
  rm -f "$work/keys.pem"
  "$server" keys create --file "$work/keys.pem" >/dev/null
  write_secret "$session_keys_secret" "$work/keys.pem"
  say 'session keys: made'
}
