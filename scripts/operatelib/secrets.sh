# shellcheck shell=bash
# Secrets in AWS Secrets Manager. Terraform makes them empty, so that no value is ever in its state; what
# goes in passes through a file of the drafts' folder, and never through a command line.

# read_secret NAME: into $work/secret, with its version in secret_version.
# Status 1: there is nothing in it yet. Ends the script when there is no such secret.
read_secret() {
  secret_version=''
  if try_aws secretsmanager get-secret-value --secret-id "$1" --output json >"$work/secret.json"; then
    jq -rj .SecretString "$work/secret.json" >"$work/secret"
    secret_version=$(jq -r .VersionId "$work/secret.json")
    return 0
  fi
  if ! aws_said ResourceNotFoundException; then
    cat "$work/aws.err" >&2
    explain_aws "$work/aws.err"
    exit 1
  fi
  # The same code stands for a secret without a value and for no secret at all.
  if ! try_aws secretsmanager describe-secret --secret-id "$1" >/dev/null; then
    cat "$work/aws.err" >&2
    fail "there is no secret $1 in $AWS_REGION" 'The base layer makes it: run ./scripts/up first.'
  fi
  return 1
}

# look_at_secret NAME: whether there is something in it, without reading it, which is all that a workflow at
# GitHub may do. Sets secret_version, and secret_stages: the labels of that version.
look_at_secret() {
  must_aws secretsmanager describe-secret --secret-id "$1" --output json >"$work/described.json" || exit 1
  secret_version=$(jq -r '.VersionIdsToStages // {} | to_entries[] | select(.value | index("AWSCURRENT")) | .key' \
    "$work/described.json")
  secret_stages=$(jq -r --arg version "$secret_version" '.VersionIdsToStages // {} | .[$version] // [] | join(" ")' \
    "$work/described.json")
  [[ -n $secret_version ]]
}

# write_secret NAME FILE [LABEL]: what is in the file becomes its value; its version is then in
# secret_version. A label stays with this version, and can be seen without reading the value.
write_secret() {
  secret_version=$(must_aws secretsmanager put-secret-value --secret-id "$1" --secret-string "file://$2" \
    --version-stages AWSCURRENT ${3:+"$3"} --query VersionId --output text)
}

# How an operator puts a value in by hand.
say_how_to_set() {
  say "    aws secretsmanager put-secret-value --region $AWS_REGION --secret-id $1 --secret-string file://FILE"
}
