# shellcheck shell=bash
# What an account may not have, or AWS does not have: quotas, capacity, the free plan.

# Whether words of AWS or of Terraform, in a text, are about that.
is_shortage() {
  grep -Eq 'VcpuLimitExceeded|MaxSpotInstanceCountExceeded|InsufficientInstanceCapacity|UnfulfillableCapacity|InsufficientCapacity|LimitExceeded|QuotaExceeded|reached your quota|FreeTierRestriction|eligible for Free Tier|[Ff]ree [Pp]lan' <<<"$1" &&
    ! grep -q RequestLimitExceeded <<<"$1"
}

# explain_shortage TEXT
explain_shortage() {
  case $1 in
    *FreeTierRestriction* | *'eligible for Free Tier'* | *[Ff]ree\ [Pp]lan*)
      advise 'The account is on the free plan of AWS, which has no nodes that are large enough. Upgrade it to the paid'
      advise 'plan in the console, under Billing, and then run this again.'
      ;;
    *MaxSpotInstanceCountExceeded*)
      advise 'The account may not have so many spot nodes: a quota, counted in processors, two a node.'
      advise_quota L-34B43A08
      advise 'Or take nodes that stay, and are dearer: TF_VAR_node_capacity_type=ON_DEMAND in operator.env.'
      ;;
    *VcpuLimitExceeded*)
      advise 'The account may not have so many nodes: a quota, counted in processors, two a node.'
      advise_quota L-1216C47A
      ;;
    *InsufficientInstanceCapacity* | *UnfulfillableCapacity* | *InsufficientCapacity*)
      advise 'AWS has no such machines left in these zones at the moment. Run this again in half an hour, or allow more'
      advise 'types, or nodes that are no spot nodes, in operator.env:'
      advise '    TF_VAR_node_instance_types=["t4g.medium","t4g.large","c7g.large","c6g.large","m7g.large","m6g.large"]'
      advise '    TF_VAR_node_capacity_type=ON_DEMAND'
      ;;
    *)
      advise 'A quota of the account is used up; the error names it. Quotas are raised in the console, under Service Quotas.'
      ;;
  esac
}

# advise_quota CODE: 16 processors are the four nodes that there are at most, and as many while they are replaced.
advise_quota() {
  advise 'Ask for more (new accounts often get it within hours), and then run this again:'
  advise "    aws service-quotas request-service-quota-increase --region $AWS_REGION --service-code ec2 \\"
  advise "      --quota-code $1 --desired-value 16"
}
