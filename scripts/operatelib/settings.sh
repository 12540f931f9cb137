# shellcheck shell=bash
# The operator's settings: operator.env at the root of the repository, and the environment, which wins.

known_settings=(AWS_ACCOUNT_ID AWS_REGION AWS_PROFILE DOMAIN BUDGET_EMAIL BUDGET_USD GITHUB_REPOSITORY
  CONTACT GOOGLE_CLIENT_ID GITHUB_CLIENT_ID DURABLE ADMIN_PRINCIPAL_ARN API_ALLOWED_CIDRS)
# What Terraform is told out of these, in `export_terraform_variables`.
given_variables=(region account_id domain budget_email budget_usd github_repository state_bucket
  state_use_path_style durable admin_principal_arn api_allowed_cidrs)

# Those that an operator may set as TF_VAR_…, with a blank before and behind each.
own_variables() {
  sed -n 's/^variable "\([a-z0-9_]*\)".*/\1/p' terraform/base/*.tf terraform/eks/*.tf | sort -u |
    grep -vxF "$(printf '%s\n' "${given_variables[@]}")" | tr '\n' ' ' | sed 's/^/ /'
}

# A name that nobody reads is a slip of the pen.
#   require_known NAME WHERE
require_known() {
  local variables
  if [[ $1 != TF_VAR_* ]]; then
    [[ " ${known_settings[*]} " == *" $1 "* ]] || fail "$2: there is no setting $1" "There are: ${known_settings[*]}"
    return 0
  fi
  [[ " ${given_variables[*]} " != *" ${1#TF_VAR_} "* ]] || fail "$2: $1 is set by the scripts themselves" \
    "Its setting is one of: ${known_settings[*]}"
  variables=$(own_variables)
  [[ $variables == *" ${1#TF_VAR_} "* ]] || fail "$2: Terraform has no variable ${1#TF_VAR_}" "There are:$variables"
}

# The file is read, not run: it holds NAME=VALUE lines, comments and nothing else.
read_settings_file() {
  local file=${OPERATOR_ENV:-operator.env} line name value number=0
  [[ -f $file ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    line=${line%$'\r'}
    [[ -n ${line//[[:space:]]/} && $line != \#* ]] || continue
    [[ $line =~ ^(TF_VAR_[a-zA-Z0-9_]+|[A-Z_]+)=(.*)$ ]] || fail "$file, line $number is not NAME=VALUE: $line"
    name=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
    # Quotes around the whole value are not part of it, nor is a comment behind it.
    if [[ $value =~ ^\"([^\"]*)\"[[:space:]]*(#.*)?$ || $value =~ ^\'([^\']*)\'[[:space:]]*(#.*)?$ ]]; then
      value=${BASH_REMATCH[1]}
    else
      value=${value%%[[:space:]]#*}
      value=${value%"${value##*[![:space:]]}"}
    fi
    require_known "$name" "$file, line $number"
    [[ -n ${!name+set} ]] || printf -v "$name" '%s' "$value"
    [[ $name != TF_VAR_* ]] || export "${name?}"
  done <"$file"
}

# refuse_setting NAME WHAT-IT-MUST-BE
refuse_setting() {
  fail "$1 is \"${!1}\": $2" 'Set it in operator.env (operator.env.example explains each one).'
}

check_settings() {
  local host='[a-z0-9]([a-z0-9-]*[a-z0-9])?'
  [[ $AWS_ACCOUNT_ID =~ ^[0-9]{12}$ ]] ||
    refuse_setting AWS_ACCOUNT_ID 'the 12 digits of the account that all this belongs in'
  [[ $AWS_REGION =~ ^[a-z]{2}(-[a-z]+)+-[0-9]$ ]] ||
    refuse_setting AWS_REGION 'a region is called like eu-central-1'
  [[ -z $DOMAIN || $DOMAIN =~ ^($host\.)+[a-z]{2,}$ ]] ||
    refuse_setting DOMAIN 'a name like overcookied.example.com, without scheme and path; or empty'
  [[ -z $BUDGET_EMAIL || $BUDGET_EMAIL =~ ^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$ ]] ||
    refuse_setting BUDGET_EMAIL 'not an address for mail'
  [[ $BUDGET_USD =~ ^[1-9][0-9]*$ ]] || refuse_setting BUDGET_USD 'whole dollars a month'
  [[ -z $GITHUB_REPOSITORY || $GITHUB_REPOSITORY =~ ^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$ ]] ||
    refuse_setting GITHUB_REPOSITORY 'OWNER/NAME, or empty'
  [[ $DURABLE == true || $DURABLE == false ]] || refuse_setting DURABLE 'true or false'
}

# An account without an alarm is how a forgotten cluster becomes dear.
require_budget() {
  [[ -n $BUDGET_EMAIL ]] || refuse_setting BUDGET_EMAIL 'somebody has to hear of it when the month becomes dear'
}

read_settings() {
  read_settings_file
  : "${AWS_ACCOUNT_ID:=}" "${AWS_REGION:=eu-central-1}" "${DOMAIN:=}" "${BUDGET_EMAIL:=}"
  : "${BUDGET_USD:=50}" "${GITHUB_REPOSITORY:=}" "${CONTACT:=}" "${GOOGLE_CLIENT_ID:=}" "${GITHUB_CLIENT_ID:=}"
  : "${DURABLE:=false}" "${ADMIN_PRINCIPAL_ARN:=}" "${API_ALLOWED_CIDRS:=}"
  check_settings
  export AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION AWS_PAGER=''
  [[ -z ${AWS_PROFILE:-} ]] || export AWS_PROFILE
  state_bucket=overcookied-state-$AWS_ACCOUNT_ID-$AWS_REGION
}
