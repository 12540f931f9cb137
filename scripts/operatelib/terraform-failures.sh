# shellcheck shell=bash
# What a failure of Terraform asks of the operator. Commands are named here, and not run: whether a lock
# is dead, and whose an orphan is, only a person can know.

# explain_terraform LAYER LOG
explain_terraform() {
  local layer=$1 log=$2
  printf '\n' >&2
  if grep -q 'Error acquiring the state lock' "$log"; then
    explain_lock "$layer" "$log"
  elif grep -q 'errored.tfstate' "$log"; then
    explain_unwritten_state "$layer"
  elif grep -Eq 'EntityAlreadyExists|AlreadyExists|ResourceExistsException|ResourceInUse|already exists' "$log"; then
    explain_orphan "$layer" "$log"
  elif grep -q 'Saved plan is stale' "$log"; then
    advise "Somebody else has changed $layer between plan and apply. Run this again, with a new plan."
  elif grep -Eq 'DependencyViolation|has dependencies|in use by' "$log"; then
    advise 'Something that Terraform did not make still hangs on it, often a load balancer or its security group.'
    advise "    aws ec2 describe-network-interfaces --region $AWS_REGION --output table"
    advise 'says what. When that is gone, run this again.'
  elif grep -q 'deletion protection' "$log"; then
    advise 'Something is protected from being deleted. See above which, and docs/OPERATIONS.md for the way.'
  else
    explain_aws "$log"
    advise "What was made is in the state of $layer. Run this again: it goes on with what is missing."
  fi
}

# The way to call Terraform from the root of the repository, in a shell that knows nothing of operator.env.
terraform_by_hand() {
  printf '%sterraform -chdir=terraform/%s' "${AWS_PROFILE:+AWS_PROFILE=$AWS_PROFILE }" "$1"
}

# explain_unwritten_state LAYER
explain_unwritten_state() {
  advise "Terraform could not write the state of $1, and left it in terraform/$1/errored.tfstate."
  advise 'Do not lose that file: it alone knows what was made. Once S3 can be reached again, run'
  advise "    $(terraform_by_hand "$1") state push errored.tfstate && rm terraform/$1/errored.tfstate"
  advise 'and then this again.'
}

# Going on without the state that could not be written would make everything a second time.
refuse_unwritten_state() {
  [[ -e terraform/$1/errored.tfstate ]] || return 0
  printf '\n%s: an earlier run could not write the state of %s\n' "${0##*/}" "$1" >&2
  explain_unwritten_state "$1"
  exit 1
}

# explain_lock LAYER LOG
explain_lock() {
  local layer=$1 log=$2 id who since operation
  # What Terraform says of a lock stands in lines like "  Who:       ada@laptop", perhaps behind a bar.
  told() { sed -n "s/^[ │]*$1: *\(.*[^ ]\) *$/\1/p" "$log" | head -n 1; }
  id=$(told ID) who=$(told Who) since=$(told Created) operation=$(told Operation)
  if [[ -z $id ]]; then
    explain_aws "$log"
    advise "The state of $layer could not be locked. Nothing was changed."
    return
  fi
  advise "The state of $layer is locked: ${operation#OperationType} by ${who:-somebody}, since ${since:-some time}."
  advise 'Nothing was changed. If that run goes on: wait until it is done, and run this again.'
  advise 'If it was killed: make sure that nobody is at it, then take its lock away with'
  advise "    $(terraform_by_hand "$layer") force-unlock $id"
  advise 'and run this again. What the killed run had made may have to be adopted then; this will say so.'
}

# Made by a run that was killed before it could write its state: AWS has it, Terraform does not know.
#   explain_orphan LAYER LOG
explain_orphan() {
  local layer=$1 log=$2 address
  address=$(sed -n 's/^[ │]*with \([^,]*\),.*/\1/p' "$log" | head -n 1)
  advise "AWS has ${address:-something} already, and the state of $layer does not know it: an earlier run was"
  advise 'killed before it could write it down, or somebody made it by hand.'
  advise "If it is of this installation, take it over, with the name that AWS has for it (see the error):"
  advise "    ./scripts/up --adopt $layer ${address:-ADDRESS} NAME"
  advise 'and run this again. If it is not of this installation, nothing of ours may touch it: rename it there.'
  if [[ $address == aws_iam_role.* || $address == *.aws_iam_role.* ]]; then
    advise 'An orphaned role can also be deleted, if nothing uses it:'
    advise '    aws iam list-attached-role-policies --role-name NAME'
    advise '    aws iam detach-role-policy --role-name NAME --policy-arn ARN     (for each of them)'
    advise '    aws iam delete-role --role-name NAME'
  fi
}
