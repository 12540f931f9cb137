# shellcheck shell=bash
# The load balancer. The AWS Load Balancer Controller makes it for the Ingress, so Terraform does not know
# it: it is waited for, and found by the tag that the controller puts on it.

# balancer_of_host HOST: its description as JSON; nothing if there is none.
balancer_of_host() {
  must_aws elbv2 describe-load-balancers --output json |
    jq -c --arg host "$1" '.LoadBalancers[] | select(.DNSName | ascii_downcase == ($host | ascii_downcase))'
}

# The ARNs of all balancers that belong to the cluster NAME, one a line.
balancers_of_cluster() {
  local all arns=() some
  # First into a variable: that a call failed must not look like that there is none.
  all=$(must_aws elbv2 describe-load-balancers --output json | jq -r '.LoadBalancers[].LoadBalancerArn')
  [[ -z $all ]] || mapfile -t arns <<<"$all"
  # No more than 20 may be asked about at once.
  while ((${#arns[@]})); do
    some=("${arns[@]:0:20}") arns=("${arns[@]:20}")
    must_aws elbv2 describe-tags --resource-arns "${some[@]}" --output json | jq -r --arg cluster "$1" \
      '.TagDescriptions[] | select(any(.Tags[]; .Key == "elbv2.k8s.aws/cluster" and .Value == $cluster)) | .ResourceArn'
  done
}

# Waits for the balancer's name to appear in the Ingress. Sets balancer_host.
wait_for_balancer() {
  local deadline=$((SECONDS + balancer_minutes * 60))
  while true; do
    balancer_host=$(field ingress/overcookied '.status.loadBalancer.ingress[0].hostname')
    [[ -z $balancer_host ]] || return 0
    ((SECONDS < deadline)) || break
    say_waiting 'waiting for the load balancer to get a name'
    sleep "$poll_seconds"
  done
  in_namespace describe ingress overcookied >&2 || true
  fail "there is no load balancer after $balancer_minutes minutes" \
    'The controller says why: in the events above, and in its log:' \
    '    kubectl --namespace kube-system logs deployment/aws-load-balancer-controller --tail 50'
}

# Waits until the balancer with this name takes connections.
wait_until_active() {
  local deadline=$((SECONDS + balancer_minutes * 60)) state=''
  while [[ $state != active ]]; do
    state=$(balancer_of_host "$1" | jq -r .State.Code)
    [[ $state != failed ]] || fail "the load balancer $1 has failed" \
      "    aws elbv2 describe-load-balancers --region $AWS_REGION    says why"
    [[ $state != active ]] || break
    ((SECONDS < deadline)) || fail "the load balancer $1 is still ${state:-unknown} after $balancer_minutes minutes" \
      'Run this again to go on waiting.'
    say_waiting "the load balancer is ${state:-unknown}"
    sleep "$poll_seconds"
  done
}

# Waits until no balancer of the cluster NAME is left.
wait_until_gone() {
  local deadline=$((SECONDS + balancer_minutes * 60)) left
  while true; do
    # Not in the loop's condition: there a call that failed would look like that none is left.
    left=$(balancers_of_cluster "$1")
    [[ -n $left ]] || return 0
    ((SECONDS < deadline)) || fail "a load balancer is still there after $balancer_minutes minutes: $left" \
      'The controller deletes it, if it runs. Its log:' \
      '    kubectl --namespace kube-system logs deployment/aws-load-balancer-controller --tail 50' \
      'Nothing more was destroyed. Run this again to go on.'
    say_waiting 'waiting until the load balancer is gone'
    sleep "$poll_seconds"
  done
}
