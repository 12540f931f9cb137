# shellcheck shell=bash
# What the tables do not have yet when the game is taken down. Results of games that have ended wait in an
# outbox, in Valkey, until a pod has recorded them. Valkey goes with the cluster, so the pods run until the
# outbox is empty, and are stopped before anything else goes.

outbox_minutes=${OUTBOX_MINUTES:-5}
# How long a drain may take is in k8s/base/server.yaml (terminationGracePeriodSeconds).
pods_minutes=3
# Written on the Deployment with its last pod: a second run has nobody to ask any more.
results_settled=overcookied/results-settled

# Without an Ingress, so that nobody begins another game.
save_last_results() {
  local name settled
  doing 'the last results'
  name=$(field "$deployment" .metadata.name)
  if [[ -z $name ]]; then
    say 'nothing is deployed'
    return 0
  fi
  settled=$(field "$deployment" "select(.spec.replicas == 0) | .metadata.annotations[\"$results_settled\"]")
  if [[ -n $settled ]]; then
    say 'an earlier run has seen to them'
  else
    wait_for_outbox
    ask_before_results_are_lost
  fi
  doing 'the pods'
  stop_pods
}

# Sets waiting and set_aside, as a pod says it. Status 1: none answers, and kubectl.err says why.
look_at_outbox() {
  in_namespace exec "$deployment" --container server --pod-running-timeout=10s -- \
    overcookied status --json >"$work/status.json" 2>"$work/kubectl.err" || return 1
  waiting=$(jq .outbox.waiting "$work/status.json") || return 1
  set_aside=$(jq .outbox.setAside "$work/status.json") || return 1
  [[ $waiting =~ ^[0-9]+$ && $set_aside =~ ^[0-9]+$ ]]
}

# Until nothing waits any more, or time is up. Sets waiting and set_aside; both are empty if no pod answers.
wait_for_outbox() {
  local deadline=$((SECONDS + outbox_minutes * 60)) unanswered=0
  while true; do
    if look_at_outbox; then
      unanswered=0
      ((waiting > 0)) || return 0
      say_waiting "waiting until $waiting results are recorded"
    else
      # The pod that was asked may just have left its node.
      waiting='' set_aside='' unanswered=$((unanswered + 1))
      ((unanswered < 3)) || return 0
    fi
    ((SECONDS < deadline)) || return 0
    sleep "$poll_seconds"
  done
}

ask_before_results_are_lost() {
  if [[ -z $waiting ]]; then
    cat "$work/kubectl.err" >&2
    ask_to_lose 'no pod answers, so nobody knows whether results wait for the tables'
  elif ((waiting > 0 || set_aside > 0)); then
    ask_to_lose "results that are in no table would be lost: $waiting that wait, $set_aside that were set aside"
  else
    say 'all are in the tables'
  fi
}

# ask_to_lose WHAT. A yes to everything else is not meant for this.
ask_to_lose() {
  if [[ $lose_results == yes ]]; then
    say "$1: be it so, as --lose-results says"
    return 0
  fi
  [[ $assume_yes == no && -t 0 ]] || fail "$1" \
    'Which and why:  kubectl --namespace overcookied exec deploy/overcookied -- overcookied outbox list' \
    'Often DynamoDB does not answer, or throttles: docs/OPERATIONS.md. ./scripts/deploy brings the game back.' \
    'If they may be lost: run this again with --lose-results. Nothing more was destroyed.'
  confirm 'lose results' "$1. Go on all the same?"
}

# No pods, no disruption budget: with one, the nodes would wait for pods that have nowhere to go. The autoscaler
# leaves a Deployment without pods alone.
stop_pods() {
  local deadline=$((SECONDS + pods_minutes * 60)) left
  set_pods 0 '"yes"'
  while true; do
    # What has failed or ended is no longer drained.
    left=$(in_namespace get pods --selector app.kubernetes.io/name=overcookied \
      --field-selector 'status.phase!=Failed,status.phase!=Succeeded' -o name)
    [[ -n $left ]] || break
    if ((SECONDS >= deadline)); then
      warn "after $pods_minutes minutes there are still ${left//$'\n'/, }; they go with their nodes"
      return 0
    fi
    say_waiting 'waiting until the pods have stopped'
    sleep "$poll_seconds"
  done
  say 'stopped'
}

# The other way, after a `destroy` that was interrupted, or by hand: an autoscaler does not begin with none. Two
# are what it has at least; it makes more of them.
start_stopped_pods() {
  local replicas
  replicas=$(field "$deployment" .spec.replicas)
  [[ $replicas == 0 ]] || return 0
  say 'the pods had been stopped: two are started'
  set_pods 2 null
}

# How many there are to be, and whether results are settled, in one step.
#   set_pods NUMBER MARK-AS-JSON
set_pods() {
  jq -n --argjson number "$1" --argjson mark "$2" --arg name "$results_settled" \
    '{metadata: {annotations: {($name): $mark}}, spec: {replicas: $number}}' >"$work/patch.json"
  in_namespace patch "$deployment" --patch-file "$work/patch.json"
}
