# shellcheck shell=bash
# What runs, as AWS itself says, and what it costs by the table of prices. Not by Terraform's state: what a
# killed run has left behind is in no state, and is paid for all the same.

prices=scripts/operatelib/prices.tsv

# count_in ITEM COUNT WHAT: a line for the table.
count_in() {
  [[ $2 == 0 ]] || printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$work/runs.tsv"
}

# price_of ITEM: nothing if it is not in the table.
price_of() { awk -F '\t' -v item="$1" '$1 == item { print $2; exit }' "$prices"; }

count_cluster() {
  local support
  if try_aws eks describe-cluster --name overcookied --output json >"$work/cluster.json"; then
    support=$(jq -r '.cluster.upgradePolicy.supportType // "STANDARD"' "$work/cluster.json")
    count_in eks:standard 1 "cluster, Kubernetes $(jq -r '.cluster.version' "$work/cluster.json")"
    [[ $support == STANDARD ]] || say 'warning: its support is EXTENDED: six times as dear once the version is old'
  elif ! aws_said ResourceNotFoundException; then
    cat "$work/aws.err" >&2
    explain_aws "$work/aws.err"
    exit 1
  fi
}

count_nodes() {
  local number type lifecycle disk
  must_aws ec2 describe-instances --output json --filters Name=tag:eks:cluster-name,Values=overcookied \
    Name=instance-state-name,Values=pending,running |
    jq '[.Reservations[].Instances[]]' >"$work/nodes.json"
  while read -r number type lifecycle; do
    if [[ $lifecycle == spot ]]; then
      count_in "spot:$type" "$number" "node $type, spot"
    else
      count_in "ec2:$type" "$number" "node $type"
    fi
  done < <(jq -r 'group_by([.InstanceType, .InstanceLifecycle])[] |
    "\(length) \(.[0].InstanceType) \(.[0].InstanceLifecycle // "normal")"' "$work/nodes.json")
  count_in ipv4 "$(jq '[.[] | select(.PublicIpAddress)] | length' "$work/nodes.json")" 'public address of a node'
  disk=$(must_aws ec2 describe-volumes --output json --filters Name=tag:eks:cluster-name,Values=overcookied |
    jq '[.Volumes[].Size] | add // 0')
  count_in ebs:gp3-gb "$disk" 'GB of disk'
}

# The price of the moment where AWS says it, else a share of the one on demand.
spot_price() {
  local price
  price=$(try_aws ec2 describe-spot-price-history --instance-types "$1" --product-descriptions Linux/UNIX \
    --max-items 20 --output json | jq -r '[.SpotPriceHistory[].SpotPrice | tonumber] | if length > 0 then add / length else empty end') || true
  if [[ -n $price ]]; then
    say "$price"
    return
  fi
  price=$(price_of "ec2:$1")
  [[ -z $price ]] || awk -v price="$price" -v share="$(price_of spot:share)" -v region="$region_factor" \
    'BEGIN { print price * share * region }'
}

count_balancers() {
  local arns number=0 zones=0
  arns=$(balancers_of_cluster overcookied)
  if [[ -n $arns ]]; then
    number=$(wc -l <<<"$arns")
    zones=$(must_aws elbv2 describe-load-balancers --output json | jq --arg arns "$arns" \
      '[.LoadBalancers[] | select(.LoadBalancerArn as $arn | $arns | split("\n") | index($arn)) | .AvailabilityZones | length] | add // 0')
  fi
  count_in alb:hour "$number" 'load balancer'
  count_in alb:lcu "$number" 'what it carries, one unit'
  count_in ipv4 "$zones" 'public address of the load balancer'
}

# First into a file: that a call failed must not look like that there is nothing to pay.
count_valkey() {
  local number type
  must_aws elasticache describe-replication-groups --output json | jq -r \
    '[.ReplicationGroups[] | select(.ReplicationGroupId | startswith("overcookied"))] | .[] |
      "\(.MemberClusters | length) \(.CacheNodeType)"' >"$work/valkey.list"
  while read -r number type; do
    count_in "$type" "$number" "Valkey $type"
  done <"$work/valkey.list"
}

# Nothing of ours makes these: they are dear, and are here to be seen if somebody did.
count_network() {
  local gateways endpoints
  gateways=$(must_aws ec2 describe-nat-gateways --output json \
    --filter Name=tag:Project,Values=overcookied Name=state,Values=pending,available | jq '.NatGateways | length')
  count_in nat "$gateways" 'NAT gateway'
  endpoints=$(must_aws ec2 describe-vpc-endpoints --output json --filters Name=tag:Project,Values=overcookied |
    jq '[.VpcEndpoints[] | select(.VpcEndpointType == "Interface") | .SubnetIds | length] | add // 0')
  count_in endpoint "$endpoints" 'interface endpoint and zone'
}

count_base() {
  local secrets zones
  secrets=$(must_aws secretsmanager list-secrets --filters Key=name,Values=overcookied/ --output json |
    jq '.SecretList | length')
  count_in secret "$secrets" secret
  [[ -n $DOMAIN ]] || return 0
  zones=$(must_aws route53 list-hosted-zones-by-name --dns-name "$DOMAIN" --output json |
    jq --arg name "$DOMAIN." '[.HostedZones[] | select(.Name == $name)] | length')
  count_in zone "$zones" "zone of $DOMAIN"
}

# What is the same in every region is not multiplied; nor is a spot price, which AWS says for this one.
factor_of() {
  case $1 in
    eks:* | ipv4 | secret | zone | spot:*) say 1 ;;
    *) say "$region_factor" ;;
  esac
}

# The table, and the sum. What has no price is said, and the sum is then a lower bound.
print_costs() {
  local item number what each
  while IFS=$'\t' read -r item number what; do
    case $item in
      spot:*) each=$(spot_price "${item#spot:}") ;;
      *) each=$(price_of "$item") ;;
    esac
    printf '%s\t%s\t%s\t%s\n' "$what" "$number" "${each:-?}" "$(factor_of "$item")"
  done <"$work/runs.tsv" | awk -F '\t' '
    BEGIN { printf "%-42s %8s %12s %12s\n", "", "number", "each", "USD an hour" }
    $3 == "?" { printf "%-42s %8s %12s %12s\n", $1, $2, "?", "?"; unknown = 1; next }
    { each = $3 * $4; sum += $2 * each; printf "%-42s %8s %12.5f %12.4f\n", $1, $2, each, $2 * each }
    END {
      printf "%-42s %8s %12s %12.4f\n", unknown ? "together, at least" : "together", "", "", sum
      printf "\n%.2f USD a day, %.0f a month\n", sum * 24, sum * 730
      if (unknown) print "What has a ? is not in scripts/operatelib/prices.tsv."
    }'
}
