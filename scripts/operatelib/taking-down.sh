# shellcheck shell=bash
# The way down, in an order that leaves nothing behind that costs money and nobody knows.

# What Terraform has made of a layer, into $work/LAYER.list, one a line.
list_layer() {
  in_layer "$1" state list -no-color >"$work/$1.list" 2>"$work/terraform.log" && return 0
  # A layer that never was has no state.
  if grep -q 'No state file was found' "$work/terraform.log"; then
    : >"$work/$1.list"
    return 0
  fi
  cat "$work/terraform.log" >&2
  explain_terraform "$1" "$work/terraform.log"
  return 1
}

# Data sources are things that somebody else has made.
layer_holds_something() { grep -qv '^data\.' "$work/$1.list"; }

ask_before_the_end() {
  if layer_holds_something eks; then
    confirm overcookied "The cluster of account $AWS_ACCOUNT_ID in $AWS_REGION goes, with its nodes, Valkey and every game in play."
  fi
  [[ $all == yes ]] || return 0
  layer_holds_something base || return 0
  # Nobody says yes to this by habit, or in a script.
  assume_yes=no
  confirm "destroy $AWS_ACCOUNT_ID" \
    'And the base layer: ALL RESULTS AND PLAYERS, images, secrets with the session keys, and the zone of the domain.'
}

take_the_game_down() {
  local cluster
  cluster=$(output eks cluster_name)
  cluster=${cluster:-overcookied}
  if [[ -n $DOMAIN && -n $(output base zone_id) ]]; then
    doing "the record of $DOMAIN"
    remove_records "$(output base zone_id)"
  fi
  doing 'the Ingress, and with it the load balancer'
  if enter_cluster "$cluster"; then
    require_kubernetes
    delete_ingress
    wait_until_gone "$cluster"
    say 'gone'
    save_last_results
  else
    say "$cluster_trouble: there is no Ingress to delete"
    refuse_orphaned_balancers "$cluster"
    ! grep -q '^aws_elasticache_replication_group' "$work/eks.list" ||
      say 'whether results wait for the tables cannot be seen any more: no pod runs'
  fi
}

delete_ingress() {
  in_namespace delete ingress overcookied --ignore-not-found --wait "--timeout=${balancer_minutes}m" && return 0
  fail 'the Ingress does not go: the controller, which has to delete the load balancer first, does not do so' \
    'Its log says why: kubectl --namespace kube-system logs deployment/aws-load-balancer-controller --tail 50' \
    'If the controller is not there any more: ./scripts/deploy brings it back, and then run this again.' \
    'Nothing more was destroyed.'
}

# Without its cluster nobody deletes a balancer, and it holds the network that the base layer would delete.
refuse_orphaned_balancers() {
  local left arn
  left=$(balancers_of_cluster "$1")
  [[ -n $left ]] || return 0
  printf '\nLoad balancers whose cluster is gone:\n' >&2
  while read -r arn; do
    advise "    aws elbv2 delete-load-balancer --region $AWS_REGION --load-balancer-arn $arn"
  done <<<"$left"
  fail 'a load balancer has been left behind, and costs money' 'Delete it with the commands above, then run this again.'
}

# Security groups that the controller has made. They cost nothing, but the network cannot go before them.
name_leftovers() {
  local groups
  groups=$(must_aws ec2 describe-security-groups --filters 'Name=tag:elbv2.k8s.aws/cluster,Values=overcookied' \
    --query 'SecurityGroups[].GroupId' --output text)
  if [[ -z $groups || $groups == None ]]; then
    say 'nothing'
    return 0
  fi
  say 'security groups, which nobody deletes any more. If nothing uses them:'
  local group
  for group in $groups; do say "    aws ec2 delete-security-group --region $AWS_REGION --group-id $group"; done
  [[ $all == no ]] || fail 'the network cannot go before these security groups' \
    'Delete them with the commands above, then run this again.'
}

# Tables refuse to be deleted, and the repository with images in it, until they are told that it is meant.
take_the_base_down() {
  doing 'the protection of the base layer'
  export TF_VAR_deletion_protection=false
  apply_layer base
  doing 'the base layer'
  apply_layer base -destroy
}

only_say_what_goes() {
  local layer
  for layer in "${layers[@]}"; do
    doing "the $layer layer"
    if layer_holds_something "$layer"; then
      sed 's/^/  /' "$work/$layer.list"
    else
      say '  nothing is there'
    fi
  done
  if layer_holds_something eks; then say 'Before that the Ingress and its load balancer, the record of the domain, and the pods.'; fi
}

say_what_is_left() {
  local layer
  for layer in eks base; do
    list_layer "$layer"
    if layer_holds_something "$layer"; then
      say "$layer: $(wc -l <"$work/$layer.list") resources. ./scripts/cost says what they cost."
    else
      say "$layer: nothing"
    fi
  done
  say "the bucket $state_bucket, with the states of old: cents a year. If it is to go too, in the console of S3:"
  say '    empty it, with all versions, then delete it.'
}
