# shellcheck shell=bash
# What is applied: k8s/overlays/aws, with a layer of this account's own on top, written anew each time.
# So nothing of an account is in the repository, and no name has to be pasted anywhere.

# The settings that only Terraform and the operator know, one NAME=VALUE a line.
#   own_settings PUBLIC-URL
own_settings() {
  local place=aws-secretsmanager:overcookied
  say "PUBLIC_URL=$1"
  say "AWS_REGION=$AWS_REGION"
  say "TRUSTED_PROXIES=$(output eks trusted_proxies | jq -r 'join(",")')"
  say "DYNAMODB_TABLE_PREFIX=$(output base table_prefix)"
  say "VALKEY_WAIT_REPLICAS=$(output eks valkey_wait_replicas)"
  say "VALKEY_URL=$place/valkey-url"
  say "SESSION_KEYS=$place/session-keys"
  [[ -z $CONTACT ]] || say "CONTACT=$CONTACT"
  # The server refuses one of a pair without the other.
  if [[ -n $GOOGLE_CLIENT_ID ]]; then
    say "GOOGLE_CLIENT_ID=$GOOGLE_CLIENT_ID"
    say "GOOGLE_CLIENT_SECRET=$place/google-client-secret"
  fi
  if [[ -n $GITHUB_CLIENT_ID ]]; then
    say "GITHUB_CLIENT_ID=$GITHUB_CLIENT_ID"
    say "GITHUB_CLIENT_SECRET=$place/github-client-secret"
  fi
}

# The Ingress of a domain: its name and its certificate.
ingress_patch() {
  jq -nc --arg host "$DOMAIN" --arg certificate "$(output base certificate_arn)" '[
    {op: "add", path: "/spec/rules/0/host", value: $host},
    {op: "add", path: "/metadata/annotations/alb.ingress.kubernetes.io~1certificate-arn", value: $certificate}]'
}

# The subnets of the balancer are the only ones that may speak to the pods.
policy_patch() {
  output eks trusted_proxies | jq -c '[{op: "replace", path: "/spec/ingress/0/from",
    value: map({ipBlock: {cidr: .}})}]'
}

# The versions of the secrets, for pods to be started anew with another one.
deployment_patch() {
  jq -nc --arg versions "$secrets_of_pods" \
    '[{op: "add", path: "/spec/template/metadata/annotations/overcookied~1secrets", value: $versions}]'
}

# write_overlay IMAGE PUBLIC-URL: the manifests, into $work/manifests.yaml. IMAGE is REPOSITORY@DIGEST.
# A copy of k8s/ lies beside the new layer, as kustomize knows no absolute paths. JSON is YAML.
write_overlay() {
  local image=$1 url=$2 patches components='[]'
  rm -rf "$work/k8s"
  cp -R k8s "$work/k8s"
  mkdir "$work/k8s/overlays/this-account"
  patches=$(jq -nc --arg policy "$(policy_patch)" --arg deployment "$(deployment_patch)" \
    '[{target: {kind: "NetworkPolicy", name: "overcookied"}, patch: $policy},
      {target: {kind: "Deployment", name: "overcookied"}, patch: $deployment}]')
  if [[ -n $DOMAIN ]]; then
    patches=$(jq -c --arg ingress "$(ingress_patch)" \
      '. + [{target: {kind: "Ingress", name: "overcookied"}, patch: $ingress}]' <<<"$patches")
  else
    components='["../../components/plain-http"]'
  fi
  own_settings "$url" | jq -Rnc --arg image "$image" --argjson patches "$patches" \
    --argjson components "$components" '{
      apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization",
      resources: ["../aws"], components: $components, patches: $patches,
      images: [($image | split("@")) as [$name, $digest] | {name: "overcookied", newName: $name, digest: $digest}],
      configMapGenerator: [{name: "overcookied", behavior: "merge", literals: [inputs]}]}' \
    >"$work/k8s/overlays/this-account/kustomization.yaml"
  kubectl kustomize "$work/k8s/overlays/this-account" >"$work/manifests.yaml"
}

# The objects of these kinds alone, or all others, out of a file of manifests.
#   only_kinds FILE KIND...    without_kinds FILE KIND...
only_kinds() { pick_kinds yes "$@"; }
without_kinds() { pick_kinds no "$@"; }

pick_kinds() {
  local wanted=$1 file=$2
  shift 2
  awk -v kinds=" $* " -v wanted="$wanted" '
    function flush() {
      if (kind != "" && (index(kinds, " " kind " ") > 0) == (wanted == "yes")) printf "---\n%s", text
      text = kind = ""
    }
    /^---$/ { flush(); next }
    /^kind: / { kind = $2 }
    { text = text $0 "\n" }
    END { flush() }' "$file"
}
