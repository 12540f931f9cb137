# shellcheck shell=bash
# How the pods reach Valkey: the secret overcookied/valkey-url holds the whole URL.
#
# Terraform makes a user who has no password yet, so that none is in its state. The password is made here,
# kept in the secret before it is given to the user, and stays as long as the secret does, so that the eks
# layer can come and go. The URL names the real host only once the user has the password: whatever is
# interrupted, the next run sees how far it got.

valkey_url_secret=overcookied/valkey-url
# What stands where the host will, until the user has the password, and the label of that value.
no_valkey_yet=no-valkey-yet.invalid
not_ready=NOT-READY

ensure_valkey_url() {
  local user host wanted type
  user=$(output eks valkey_user_name)
  host=$(output eks valkey_endpoint)
  know_valkey_password "$user"
  wanted=rediss://$user:$valkey_password@$host:$(output eks valkey_port)
  type=$(type_of_valkey_user "$user")
  if [[ $type != password || $valkey_url == *"@$no_valkey_yet:"* ]]; then
    give_valkey_password "$user"
  fi
  if [[ $valkey_url == "$wanted" ]]; then
    say "Valkey: $host, as before"
  else
    write_valkey_url "$wanted"
    say "Valkey: $host, written to $valkey_url_secret"
  fi
}

# write_valkey_url URL [LABEL]
write_valkey_url() {
  valkey_url=$1
  printf '%s' "$1" >"$work/valkey-url"
  write_secret "$valkey_url_secret" "$work/valkey-url" "${2:-}"
}

# Sets valkey_url as it is known now, and valkey_password out of it; makes one if there is none.
know_valkey_password() {
  if read_secret "$valkey_url_secret"; then
    valkey_url=$(<"$work/secret")
    [[ $valkey_url =~ ^rediss://[^:@/]+:([^@/]+)@ ]] ||
      fail "the secret $valkey_url_secret holds no rediss://USER:PASSWORD@HOST:PORT" \
        'Put one there as it was; or delete the secret in AWS and run ./scripts/up, which makes it anew.'
    valkey_password=${BASH_REMATCH[1]}
    return 0
  fi
  # Hexadecimal digits mean the same in a URL, in JSON and to Valkey. 32 bytes of them cannot be guessed.
  valkey_password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  write_valkey_url "rediss://$1:$valkey_password@$no_valkey_yet:6379" "$not_ready"
  say 'password of Valkey: made'
}

# iam: as Terraform makes it. password: it has been given one.
type_of_valkey_user() {
  must_aws elasticache describe-users --user-id "$1" --query 'Users[0].Authentication.Type' --output text
}

give_valkey_password() {
  local user=$1 deadline=$((SECONDS + 600)) status
  jq -n --arg user "$user" --arg password "$valkey_password" \
    '{UserId: $user, AuthenticationMode: {Type: "password", Passwords: [$password]}}' >"$work/user.json"
  must_aws elasticache modify-user --cli-input-json "file://$work/user.json" >/dev/null
  while true; do
    status=$(must_aws elasticache describe-users --user-id "$user" --query 'Users[0].Status' --output text)
    [[ $status != active ]] || break
    ((SECONDS < deadline)) || fail "the user $user of Valkey is still $status after 10 minutes" 'Run ./scripts/up again.'
    say_waiting "the user $user of Valkey is $status"
    sleep "$poll_seconds"
  done
  say "password of Valkey: given to the user $user"
}
