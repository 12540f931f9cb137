# shellcheck shell=bash
# Rotating the session keys. Which keys the pods have read is written on the pods' template, as the version
# of the secret: so a second run, also by somebody else, knows which step it has to finish. A key signs
# only when every pod is known to have read a version that holds it.

read_by_pods=overcookied/session-keys-version
restarted_at=overcookied/restarted-at
pods_run=no pods_read=''

# Sets pods_run: without pods the secret alone has to be changed. And pods_read: the version that the pods were
# told to read; nothing before the first rotation.
find_pods() {
  local cluster name
  init_layer eks
  read_outputs eks
  cluster=$(output eks cluster_name)
  if [[ -z $cluster ]] || ! enter_cluster "$cluster"; then
    say "${cluster_trouble:-there is no cluster}: no pod has to be restarted"
    return 0
  fi
  require_kubernetes
  name=$(field "$deployment" .metadata.name)
  if [[ -z $name ]]; then
    say 'nothing is deployed: no pod has to be restarted'
    return 0
  fi
  pods_run=yes
  pods_read=$(field "$deployment" ".spec.template.metadata.annotations[\"$read_by_pods\"]")
}

fetch_keys() {
  read_secret "$session_keys_secret" || fail 'there are no session keys yet' 'Run ./scripts/up: it makes them.'
  rm -f "$work/keys.pem"
  cp "$work/secret" "$work/keys.pem"
}

# The program writes this line before a key that does not sign yet.
has_announced_key() { grep -q '^# announced ' "$work/keys.pem"; }

# Whether pods were told to read a version, and that is not the newest one.
restart_is_due() { [[ -n $pods_read && $pods_read != "$secret_version" ]]; }

# change_keys COMMAND...: changes the keys with the server's program and writes them down, unless
# somebody else has done so meanwhile.
change_keys() {
  local known=$secret_version
  "$server" "$@"
  read_secret "$session_keys_secret" || true
  [[ $secret_version == "$known" ]] || fail 'somebody else has just changed the keys' \
    'Nothing of this run was written. Run ./scripts/rotate-keys again when they are done.'
  write_secret "$session_keys_secret" "$work/keys.pem"
}

# All pods, one after the other, so that each has read the newest version. Where they are at it already,
# waits for that. With --restart they are new in any case: what they are to read may be another secret.
restart_pods() {
  [[ $pods_run == yes ]] || return 0
  doing 'restarting the pods, one after the other'
  local told
  told=$(jq -nc --arg name "$read_by_pods" --arg version "$secret_version" '{($name): $version}')
  if [[ $only_restart == yes ]]; then
    told=$(jq -c --arg name "$restarted_at" --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '. + {($name): $now}' <<<"$told")
  fi
  jq -n --argjson told "$told" '{spec: {template: {metadata: {annotations: $told}}}}' >"$work/patch.json"
  in_namespace patch "$deployment" --patch-file "$work/patch.json"
  wait_for_rollout || fail 'not all pods are new' \
    'Those before go on serving, and verify what they did. See above what is wrong, mend it, and run this again.'
}

drop_all_but_the_first() {
  awk '{ print } /^-----END/ { exit }' "$work/keys.pem" >"$work/first.pem"
  mv "$work/first.pem" "$work/keys.pem"
  change_keys keys list --file "$work/keys.pem"
}

say_what_would_be_done() {
  if has_announced_key; then
    say 'an announced key is waiting: the pods would be restarted, it would sign, and they would be restarted again'
  elif restart_is_due; then
    say 'the pods have not read the newest keys: they would be restarted'
  else
    say 'a new key would be announced, the pods restarted, it would sign, and they would be restarted again'
  fi
  [[ $leaked == no ]] || say 'then all other keys would be dropped, and the pods restarted'
}
