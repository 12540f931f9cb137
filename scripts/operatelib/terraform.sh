# shellcheck shell=bash
# Terraform, a layer at a time: base is kept, eks comes and goes.

# Somebody else's run is waited for so long; a lock that is still there then is probably dead.
lock_timeout=${LOCK_TIMEOUT:-2m}

# in_layer LAYER COMMAND [OPTION...]
in_layer() {
  local layer=$1
  shift
  TF_IN_AUTOMATION=1 terraform "-chdir=terraform/$layer" "$@"
}

# What the layers want to know. A variable TF_VAR_… of the operator's own, from operator.env or the environment,
# comes through as it is.
export_terraform_variables() {
  export TF_VAR_region=$AWS_REGION TF_VAR_account_id=$AWS_ACCOUNT_ID
  export TF_VAR_domain=$DOMAIN TF_VAR_budget_email=$BUDGET_EMAIL TF_VAR_budget_usd=$BUDGET_USD
  export TF_VAR_github_repository=$GITHUB_REPOSITORY
  export TF_VAR_state_bucket=$state_bucket TF_VAR_durable=$DURABLE
  # Another S3 than Amazon's (a test's) has no name for each bucket.
  if speaks_to_another_s3; then export TF_VAR_state_use_path_style=true; fi
  [[ -z $ADMIN_PRINCIPAL_ARN ]] || export TF_VAR_admin_principal_arn=$ADMIN_PRINCIPAL_ARN
  if [[ -n $API_ALLOWED_CIDRS ]]; then
    TF_VAR_api_allowed_cidrs=$(jq -Rc 'split(",") | map(gsub("\\s"; ""))' <<<"$API_ALLOWED_CIDRS")
    export TF_VAR_api_allowed_cidrs
  fi
}

speaks_to_another_s3() { [[ -n ${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-}} ]]; }

# Runs Terraform, on the screen and into a log, and says what to do when it fails.
#   logged LAYER COMMAND [OPTION...]
# Status: Terraform's. `tee -i` outlives Ctrl-C: without a reader Terraform would die of it, and not write
# its state.
logged() {
  local layer=$1 status=0
  in_layer "$@" -no-color 2>&1 | tee -i "$work/terraform.log" || status=${PIPESTATUS[0]}
  return "$status"
}

init_layer() {
  local layer=$1 options=()
  options+=("-backend-config=bucket=$state_bucket" "-backend-config=region=$AWS_REGION")
  options+=("-backend-config=key=$layer.tfstate" -backend-config=use_lockfile=true)
  ! speaks_to_another_s3 ||
    options+=(-backend-config=use_path_style=true)
  # Settings of an earlier run may be of another account: they are put aside, no state is moved.
  in_layer "$layer" init -input=false -no-color -reconfigure "${options[@]}" \
    >"$work/terraform.log" 2>&1 && return 0
  cat "$work/terraform.log" >&2
  explain_terraform "$layer" "$work/terraform.log"
  return 1
}

# What a layer has to say, for `output`.
read_outputs() {
  in_layer "$1" output -json -no-color >"$work/$1.json" 2>"$work/terraform.log" && return 0
  cat "$work/terraform.log" >&2
  explain_terraform "$1" "$work/terraform.log"
  return 1
}

# output LAYER NAME: its value; nothing if it is null or not there. Lists and maps come as JSON.
output() {
  jq -r --arg name "$2" '.[$name].value | if . == null then empty
    elif type == "array" or type == "object" then tojson else . end' "$work/$1.json"
}

# Whether a layer holds anything.
layer_is_up() { [[ -n $(output "$1" "$2") ]]; }

# Plans a layer, asks if anything is to be destroyed, and applies.
#   apply_layer LAYER [OPTION-OF-PLAN...]
# Sets changed=yes|no.
apply_layer() {
  local layer=$1 status=0
  shift
  refuse_unwritten_state "$layer"
  plan_layer "$layer" "$@" || status=$?
  case $status in
    0)
      changed=no
      say "$layer: nothing to change"
      return 0
      ;;
    2) ;;
    *)
      explain_terraform "$layer" "$work/terraform.log"
      return 1
      ;;
  esac
  # A variable for the scripts that call this.
  # shellcheck disable=SC2034
  changed=yes
  ask_before_destroying "$layer" "$@"
  logged "$layer" apply -input=false "-lock-timeout=$lock_timeout" "$work/$layer.plan" || {
    explain_terraform "$layer" "$work/terraform.log"
    return 1
  }
}

# Status 0: nothing to change, 2: something, 1: failed.
plan_layer() {
  local layer=$1
  shift
  logged "$layer" plan -input=false "-lock-timeout=$lock_timeout" -detailed-exitcode \
    "-out=$work/$layer.plan" "$@"
}

# A plan that destroys what nobody named is shown once more, and asked about. Not so what an apply has left half
# made: nobody has it yet, and it can only be made anew.
ask_before_destroying() {
  local layer=$1 lost tainted
  [[ " $* " != *' -destroy '* ]] || return 0
  ! grep -q '^Plan: .* 0 to destroy' "$work/terraform.log" || return 0
  in_layer "$layer" show -json "$work/$layer.plan" >"$work/plan.json"
  tainted=$(jq -r '.resource_changes[]? | select(.action_reason == "replace_because_tainted") | "  \(.address)"' \
    "$work/plan.json")
  [[ -z $tainted ]] || say "An earlier run has made these by half, so they are made anew:"$'\n'"$tainted"
  lost=$(jq -r '.resource_changes[]? | select(.action_reason != "replace_because_tainted") |
    select(.change.actions | index("delete")) |
    "  \(.address) would be \(if .change.actions == ["delete"] then "destroyed" else "replaced" end)"' \
    "$work/plan.json")
  [[ -n $lost ]] || return 0
  # The one that surprises: each operator is another person.
  [[ $lost != *aws_eks_access_entry* ]] ||
    say 'Who may use kubectl would be somebody else: ADMIN_PRINCIPAL_ARN in operator.env names one for all operators.'
  confirm "$layer" "$(printf 'This destroys something:\n%s\nIs that meant?' "$lost")"
}

# What Terraform has chosen for everybody: without these files the next operator gets other providers.
say_lock_files() {
  local file
  # Two letters and a blank stand before each name. Not everybody has a git here.
  while IFS= read -r file; do
    say "commit this file, so that everybody has the same providers: ${file:3}"
  done < <(git status --porcelain -- 'terraform/*/.terraform.lock.hcl' 2>/dev/null || true)
}
