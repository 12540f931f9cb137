# shellcheck shell=bash
# Who may use kubectl, and what an operator does next.

# EKS wants to know a person by role or user. A session of a role is not one, and the role of AWS's own
# sign-in lies on a path that the session does not name.
principal_of_caller() {
  local role
  case $caller_arn in
    arn:*:sts::*:assumed-role/*)
      role=${caller_arn#*:assumed-role/}
      role=${role%%/*}
      if try_aws iam get-role --role-name "$role" --query Role.Arn --output text; then return 0; fi
      say "arn:aws:iam::$AWS_ACCOUNT_ID:role/$role"
      ;;
    arn:*:iam::*:root)
      fail 'these are the credentials of the account itself (root)' \
        'EKS does not let root in. Use a role or a user, or name one in ADMIN_PRINCIPAL_ARN.'
      ;;
    *) say "${caller_arn/:sts::/:iam::}" ;;
  esac
}

# For Terraform, if the operator has not named somebody.
export_admin() {
  [[ -n $ADMIN_PRINCIPAL_ARN ]] || TF_VAR_admin_principal_arn=$(principal_of_caller)
  export TF_VAR_admin_principal_arn
}

say_missing_secret() {
  local client=$1 secret=$2
  if [[ -z ${!client} ]] || look_at_secret "$secret"; then return 0; fi
  say "$client is set, and its secret is empty. Put what the provider gave you into a file, and:"
  say_how_to_set "$secret"
}

say_what_is_next() {
  if [[ -n $DOMAIN ]]; then
    say_delegation
    say ''
  fi
  say_missing_secret GOOGLE_CLIENT_ID overcookied/google-client-secret
  say_missing_secret GITHUB_CLIENT_ID overcookied/github-client-secret
  if [[ ${layers[*]} == base ]]; then
    say 'next: ./scripts/up for the cluster'
    return
  fi
  say 'next:  ./scripts/build-and-push    an image of this commit'
  say '       ./scripts/deploy            runs it, and says its address'
  say '       ./scripts/cost              what this costs an hour; ./scripts/destroy ends it'
  say 'kubectl for yourself:'
  say "       aws eks update-kubeconfig --region $AWS_REGION --name $(output eks cluster_name)"
}
