# shellcheck shell=bash
# What has to be there before pods are started: the server refuses to start without it, and a message here
# comes sooner and says more than a pod that does not become ready.

# What the pods read at their start, by version: another one starts them anew. (Session keys are not among
# them: scripts/rotate-keys has an order of its own for those.)
secrets_of_pods=''

require_secret() {
  look_at_secret "$1" || fail "the secret $1 is empty" "${@:2}"
}

require_secrets() {
  require_secret "$session_keys_secret" 'Run ./scripts/up: it makes the keys.'
  require_secret "$valkey_url_secret" 'Run ./scripts/up: it writes down where Valkey is.'
  secrets_of_pods=$secret_version
  [[ " $secret_stages " != *" $not_ready "* ]] ||
    fail 'it is not written down where Valkey is: an earlier ./scripts/up did not get that far' 'Run ./scripts/up again.'
  [[ -z $GOOGLE_CLIENT_ID ]] || require_secret overcookied/google-client-secret \
    'GOOGLE_CLIENT_ID is set, so the server wants it. Put what Google gave you into a file, and:' \
    "$(say_how_to_set overcookied/google-client-secret)"
  secrets_of_pods+=${GOOGLE_CLIENT_ID:+,$secret_version}
  [[ -z $GITHUB_CLIENT_ID ]] || require_secret overcookied/github-client-secret \
    'GITHUB_CLIENT_ID is set, so the server wants it. Put what GitHub gave you into a file, and:' \
    "$(say_how_to_set overcookied/github-client-secret)"
  secrets_of_pods+=${GITHUB_CLIENT_ID:+,$secret_version}
}

# With another DOMAIN than the one that certificate and zone are of, or with none, a site that runs would lose its
# https.
require_same_domain() {
  local made
  made=$(output base domain)
  [[ $DOMAIN == "$made" ]] || fail "DOMAIN is \"$DOMAIN\", and ./scripts/up was run with \"$made\"" \
    'If that is a slip: correct operator.env (or DOMAIN in the environment, which wins).' \
    'If it is meant: run ./scripts/up first, and then this again. Nothing was changed.'
}

# require_certificate ARN: a balancer cannot listen with one that is not issued.
require_certificate() {
  local status
  [[ -n $1 ]] || fail "there is no certificate for $DOMAIN" 'Run ./scripts/up: DOMAIN was perhaps set after it ran.'
  status=$(must_aws acm describe-certificate --certificate-arn "$1" --query Certificate.Status --output text)
  [[ $status == ISSUED ]] || {
    printf '\nThe certificate of %s is %s.\n' "$DOMAIN" "$status" >&2
    say_delegation >&2
    fail 'the certificate is not issued yet' 'Once the records are there it takes some minutes. Then run this again.'
  }
}

# kubectl's status is 1 when there is a difference.
say_difference() {
  local status=0 there
  there=$(kubectl get namespace "$namespace" --ignore-not-found -o name)
  if [[ -z $there ]]; then
    say 'everything would be new:'
    kubectl create --dry-run=client -o name -f "$work/manifests.yaml"
    return
  fi
  kubectl diff -f "$work/manifests.yaml" || status=$?
  ((status <= 1)) || return "$status"
  ((status == 1)) || say 'nothing'
}
