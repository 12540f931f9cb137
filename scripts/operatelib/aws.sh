# shellcheck shell=bash
# Calls of AWS, and what its refusals mean.

# A call that may fail: what AWS says of it is kept for `aws_said` and `explain_aws`.
try_aws() { aws "$@" 2>"$work/aws.err"; }

# Whether the last refusal names one of these codes.
aws_said() {
  local code
  for code in "$@"; do
    ! grep -q "($code)" "$work/aws.err" || return 0
  done
  return 1
}

# What a refusal of AWS, in a file, asks of the operator. Terraform's words hold the same codes.
explain_aws() {
  local text denied
  text=$(<"$1")
  # First, since such a refusal may also call itself AccessDenied.
  if is_shortage "$text"; then
    explain_shortage "$text"
    return 0
  fi
  case $text in
    *'Unable to locate credentials'* | *'No valid credential sources'* | *'config profile'*'could not be found'*)
      advise 'There are no credentials of AWS. Sign in (aws sso login, aws configure) or set AWS_PROFILE.' ;;
    *ExpiredToken* | *'has expired'* | *RequestExpired*)
      advise 'The credentials have expired. Sign in again, then run this again.' ;;
    *InvalidClientTokenId* | *UnrecognizedClient* | *SignatureDoesNotMatch* | *AuthFailure*)
      advise 'AWS does not know these credentials, or the region is not enabled in this account.' ;;
    *AccessDenied* | *UnauthorizedOperation* | *'(403)'* | *'StatusCode: 403'* | *'not authorized to perform'*)
      denied=$(grep -o 'not authorized to perform: [^ ]*' <<<"$text" | head -n 1 || true)
      advise "These credentials lack a right${denied:+: ${denied#*: }}."
      advise 'Use credentials that administer the account, or have that right added.' ;;
    *'Could not connect to the endpoint'* | *'no such host'*)
      advise "AWS cannot be reached in $AWS_REGION: is the region's name right, and the network up?" ;;
    *Throttling* | *TooManyRequests* | *RequestLimitExceeded*)
      advise 'AWS asks for patience. Run this again in a minute.' ;;
  esac
}

# A call that must not fail.
must_aws() {
  try_aws "$@" && return 0
  cat "$work/aws.err" >&2
  explain_aws "$work/aws.err"
  return 1
}

# Whoever calls must be of the account that was named: the wrong profile is the dearest slip there is.
require_account() {
  local caller account
  need aws jq
  caller=$(must_aws sts get-caller-identity --output json)
  account=$(jq -r .Account <<<"$caller")
  caller_arn=$(jq -r .Arn <<<"$caller")
  [[ $account == "$AWS_ACCOUNT_ID" ]] || fail \
    "these credentials are of account $account, and AWS_ACCOUNT_ID is $AWS_ACCOUNT_ID" \
    'Nothing was touched. Choose other credentials (AWS_PROFILE), or correct operator.env.'
  say "account $account, region $AWS_REGION, as $caller_arn"
}
