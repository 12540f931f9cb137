# shellcheck shell=bash
# The record in Route 53 that leads from the domain to the load balancer: an alias, which costs nothing to
# ask for, and which may stand at the top of a zone, where a CNAME may not.

# The record as it is: its target's name, or nothing.
#   alias_target ZONE DOMAIN TYPE
alias_target() {
  must_aws route53 list-resource-record-sets --hosted-zone-id "$1" --start-record-name "$2" \
    --start-record-type "$3" --max-items 1 --output json |
    jq -c --arg name "$2." --arg type "$3" \
      '.ResourceRecordSets[]? | select(.Name == $name and .Type == $type)'
}

# change_record ZONE ACTION RECORD-AS-JSON: and waits until all name servers know.
change_record() {
  local change
  jq -n --arg action "$2" --argjson record "$3" \
    '{Changes: [{Action: $action, ResourceRecordSet: $record}]}' >"$work/change.json"
  change=$(must_aws route53 change-resource-record-sets --hosted-zone-id "$1" \
    --change-batch "file://$work/change.json" --query ChangeInfo.Id --output text)
  must_aws route53 wait resource-record-sets-changed --id "$change"
}

# The types that a balancer, described in JSON, answers with.
record_types() {
  say A
  [[ $(jq -r .IpAddressType <<<"$1") != dualstack* ]] || say AAAA
}

# alias_record DOMAIN TYPE BALANCER-AS-JSON
alias_record() {
  jq -c --arg name "$1." --arg type "$2" '{Name: $name, Type: $type, AliasTarget: {
    HostedZoneId: .CanonicalHostedZoneId, DNSName: "dualstack.\(.DNSName | ascii_downcase).",
    EvaluateTargetHealth: false}}' <<<"$3"
}

# What whoever runs the zone above has to be told, once.
say_delegation() {
  local servers
  servers=$(output base zone_name_servers | jq -r --arg domain "$DOMAIN" '.[] | "    \($domain).  NS  \(.)."')
  say "Once: where the zone above $DOMAIN is kept (your registrar, say), there must be these records:"
  say "$servers"
  say 'Until then nobody finds it, and its certificate is not issued.'
}

# Leaves a record that is right as it is.
#   write_records ZONE BALANCER-AS-JSON
write_records() {
  local zone=$1 balancer=$2 type wanted now
  for type in $(record_types "$balancer"); do
    wanted=$(alias_record "$DOMAIN" "$type" "$balancer")
    now=$(alias_target "$zone" "$DOMAIN" "$type")
    if jq -en --argjson wanted "$wanted" --argjson now "${now:-null}" '$wanted.AliasTarget == $now.AliasTarget' >/dev/null; then
      say "$type: as it should be"
    elif [[ ${dry_run:-no} == yes ]]; then
      say "$type: would be written"
    else
      change_record "$zone" UPSERT "$wanted"
      say "$type: written, and known to all name servers of the zone"
    fi
  done
}

# remove_records ZONE
remove_records() {
  local zone=$1 type now
  for type in A AAAA; do
    now=$(alias_target "$zone" "$DOMAIN" "$type")
    if [[ -z $now ]]; then
      continue
    elif [[ ${dry_run:-no} == yes ]]; then
      say "the record $DOMAIN $type would be removed"
    else
      change_record "$zone" DELETE "$now"
      say "the record $DOMAIN $type is removed"
    fi
  done
}
