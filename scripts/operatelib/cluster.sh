# shellcheck shell=bash
# kubectl and helm, towards our cluster and no other: with a configuration of this run's own, so that the
# operator's current context, whichever it is, is neither used nor changed.

namespace=overcookied
deployment=deployment/overcookied
# Bounds of what is waited for. A rollout lets each pod finish giving its games away, one after the other.
poll_seconds=${POLL_SECONDS:-5}
rollout_timeout=${ROLLOUT_TIMEOUT:-30m}
balancer_minutes=${BALANCER_MINUTES:-10}

# Status 1: there is no such cluster that could be spoken to; cluster_trouble says why.
#   enter_cluster NAME
enter_cluster() {
  export KUBECONFIG=$work/kubeconfig
  try_aws eks update-kubeconfig --name "$1" --kubeconfig "$KUBECONFIG" >/dev/null && return 0
  cluster_trouble="there is no cluster $1 in $AWS_REGION"
  ! aws_said ResourceNotFoundException || return 1
  # Half-made, or half-destroyed.
  cluster_trouble="the cluster $1: $(grep -o 'Cluster status is [A-Z_a-z]*' "$work/aws.err" || true)"
  ! grep -q 'Cluster status is' "$work/aws.err" || return 1
  cat "$work/aws.err" >&2
  explain_aws "$work/aws.err"
  exit 1
}

# Whether the cluster answers, and lets us in.
require_kubernetes() {
  in_namespace get deployments -o name >/dev/null 2>"$work/kubectl.err" && return 0
  cat "$work/kubectl.err" >&2
  fail "the cluster does not let us in" \
    "If it says Unauthorized or Forbidden: you are not the one who may use kubectl. Put a role of all" \
    "operators into ADMIN_PRINCIPAL_ARN (operator.env), and have its owner run ./scripts/up." \
    'If it does not answer at all: your address may be missing in API_ALLOWED_CIDRS.'
}

# Workflows at GitHub may change the game's own namespace, and nothing outside of it.
may_administer() { kubectl auth can-i create deployments --namespace kube-system --quiet 2>/dev/null; }

in_namespace() { kubectl --namespace "$namespace" "$@"; }

# field OBJECT JQ-EXPRESSION: nothing if there is no such object, or no such field.
field() {
  in_namespace get "$1" --ignore-not-found -o json >"$work/object.json"
  [[ ! -s $work/object.json ]] || jq -r "($2) // empty" "$work/object.json"
}

# Waits until all pods are of the newest template, and says what is wrong when they do not become so.
wait_for_rollout() {
  in_namespace rollout status "$deployment" "--timeout=$rollout_timeout" && return 0
  printf '\nWhat the pods say:\n' >&2
  in_namespace get pods --selector app.kubernetes.io/name=overcookied -o wide >&2 || true
  in_namespace get events --field-selector type=Warning --sort-by .lastTimestamp >&2 || true
  in_namespace logs "$deployment" --tail 20 >&2 || true
  return 1
}
