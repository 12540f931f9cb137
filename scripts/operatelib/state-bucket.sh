# shellcheck shell=bash
# The S3 bucket that holds Terraform's state, and its lock beside it. It is made before there is a
# Terraform, so a script has to do it. Every call names the owner that is expected: a bucket of somebody
# else is never read nor written, even where its policy would let us.

# Says what was made in this way. It is set last, so a bucket without it is half-finished.
bucket_mark=overcookied-settings
bucket_mark_value=1

# Noncurrent versions are the way back from a damaged state; a season is enough for that.
bucket_lifecycle='{"Rules": [{"ID": "old-states", "Status": "Enabled", "Filter": {"Prefix": ""},
  "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
  "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}'
bucket_encryption='{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
  "BucketKeyEnabled": true}]}'
bucket_block='{"BlockPublicAcls": true, "IgnorePublicAcls": true,
  "BlockPublicPolicy": true, "RestrictPublicBuckets": true}'

bucket_policy() {
  local arn=arn:aws:s3:::$state_bucket
  printf '{"Version": "2012-10-17", "Statement": [{"Sid": "DenyInsecureTransport", "Effect": "Deny",
    "Principal": "*", "Action": "s3:*", "Resource": ["%s", "%s/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}' "$arn" "$arn"
}

# of_bucket CALL [OPTION...]
of_bucket() {
  local call=$1
  shift
  must_aws s3api "$call" --bucket "$state_bucket" --expected-bucket-owner "$AWS_ACCOUNT_ID" "$@"
}

# Answers `ours` or `none`; ends the script when the bucket is somebody else's.
look_at_bucket() {
  if try_aws s3api head-bucket --bucket "$state_bucket" \
    --expected-bucket-owner "$AWS_ACCOUNT_ID" >/dev/null; then
    say ours
  elif aws_said 404 NoSuchBucket; then
    say none
  elif aws_said 403 AccessDenied; then
    fail "the bucket $state_bucket is there, and not for us" \
      "Either it belongs to somebody else, or these credentials lack s3:ListBucket on it." \
      "See whose it is: aws s3api list-buckets --query \"Buckets[?Name=='$state_bucket']\"" \
      'If it is not in that list, somebody else took the name. State is never put into it.' \
      'Choose another region (AWS_REGION), which gives another name.'
  else
    cat "$work/aws.err" >&2
    explain_aws "$work/aws.err"
    return 1
  fi
}

# Whether the bucket is finished. A bucket without tags answers with an error.
bucket_is_marked() {
  try_aws s3api get-bucket-tagging --bucket "$state_bucket" \
    --expected-bucket-owner "$AWS_ACCOUNT_ID" --output json >"$work/tags.json" &&
    jq -e --arg key "$bucket_mark" --arg value "$bucket_mark_value" \
      'any(.TagSet[]; .Key == $key and .Value == $value)' "$work/tags.json" >/dev/null
}

# A region that was mistyped must not become a second installation beside the first.
refuse_other_region() {
  local others
  others=$(must_aws s3api list-buckets --output json |
    jq -r --arg prefix "overcookied-state-$AWS_ACCOUNT_ID-" \
      '[.Buckets[].Name | select(startswith($prefix)) | ltrimstr($prefix)] | join(", ")')
  [[ -z $others || ${another_region:-no} == yes ]] || fail \
    "this account has an installation in $others, and AWS_REGION is $AWS_REGION" \
    "If $AWS_REGION is a slip: correct operator.env." \
    'If you want a second installation: ./scripts/bootstrap-state --another-region'
}

create_bucket() {
  local place=()
  # The oldest region is the one that must not be named.
  [[ $AWS_REGION == us-east-1 ]] ||
    place=(--create-bucket-configuration "LocationConstraint=$AWS_REGION")
  try_aws s3api create-bucket --bucket "$state_bucket" "${place[@]}" >/dev/null && return 0
  # Another run of ours was faster.
  ! aws_said BucketAlreadyOwnedByYou || return 0
  ! aws_said BucketAlreadyExists || fail "the bucket $state_bucket belongs to somebody else" \
    'State is never put into it. Choose another region (AWS_REGION), which gives another name.'
  cat "$work/aws.err" >&2
  ! aws_said OperationAborted || advise 'S3 is still at an earlier change of it: try again in a minute.'
  explain_aws "$work/aws.err"
  return 1
}

# Each of these sets what may be set already: a second run finishes the first, and mends what
# somebody has changed.
set_up_bucket() {
  say 'versions are kept'
  of_bucket put-bucket-versioning --versioning-configuration Status=Enabled
  say 'nothing of it is public'
  of_bucket put-public-access-block --public-access-block-configuration "$bucket_block"
  say 'it is encrypted'
  of_bucket put-bucket-encryption --server-side-encryption-configuration "$bucket_encryption"
  say 'it is spoken to with TLS alone'
  of_bucket put-bucket-policy --policy "$(bucket_policy)"
  say 'old versions go after 90 days'
  of_bucket put-bucket-lifecycle-configuration --lifecycle-configuration "$bucket_lifecycle"
  of_bucket put-bucket-tagging \
    --tagging "TagSet=[{Key=Project,Value=overcookied},{Key=$bucket_mark,Value=$bucket_mark_value}]"
}
